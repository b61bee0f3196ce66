{% from "choice.vcl" import keep_the_choice with context %}
vcl 4.1;

import std;

backend default {
    .host = "127.0.0.1";
    .port = "8000";
}

sub vcl_recv {
    # A request may have several Cookie headers, and a comparison sees only the first.
    std.collect(req.http.Cookie, "; ");
    unset req.http.Cookies-Sent;
    # The cache sees what the visitor chose, without the day and the signature.
{{ keep_the_choice("req", true) }}}

sub vcl_req_cookie {
    # Skips the built-in rule that passes requests with cookies to the application.
    if (req.http.Cookies-Sent) {
        return;
    }
}

sub vcl_hash {
    hash_data(req.http.Cookie);
}

# The application gets the cookies as they were sent.

sub vcl_backend_fetch {
    if (bereq.http.Cookies-Sent) {
        set bereq.http.Cookie = bereq.http.Cookies-Sent;
        unset bereq.http.Cookies-Sent;
    }
}

sub vcl_pipe {
    if (bereq.http.Cookies-Sent) {
        set bereq.http.Cookie = bereq.http.Cookies-Sent;
        unset bereq.http.Cookies-Sent;
    }
}

sub vcl_backend_response {
    # Vary: Cookie compares the next visitor with what is here.
{{ keep_the_choice("bereq", false) }}}
