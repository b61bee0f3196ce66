{% from "choice.vcl" import keep_the_choice with context %}
sub vcl_recv {
#FASTLY recv
    if (req.restarts == 0) {
        # A request may have several Cookie headers, and a comparison sees only the first.
        std.collect(req.http.Cookie, "; ");
        unset req.http.Cookies-Sent;
        # The cache sees what the visitor chose, without the day and the signature.
{{ keep_the_choice("req", true) | indent(4, first=true) }}    }
    if (req.method != "HEAD" && req.method != "GET" && req.method != "FASTLYPURGE") {
        return(pass);
    }
    if (req.http.Authorization || (req.http.Cookie && !req.http.Cookies-Sent)) {
        return(pass);
    }
    return(lookup);
}

sub vcl_hash {
#FASTLY hash
    set req.hash += req.url;
    set req.hash += req.http.host;
    set req.hash += req.http.Cookie;
    return(hash);
}

# The application gets the cookies as they were sent.

sub vcl_miss {
#FASTLY miss
    if (req.http.Cookies-Sent) {
        set bereq.http.Cookie = req.http.Cookies-Sent;
        unset bereq.http.Cookies-Sent;
    }
    return(fetch);
}

sub vcl_pass {
#FASTLY pass
    if (req.http.Cookies-Sent) {
        set bereq.http.Cookie = req.http.Cookies-Sent;
        unset bereq.http.Cookies-Sent;
    }
    return(pass);
}

sub vcl_fetch {
#FASTLY fetch
    # Fastly counts the lifetime of a private response like that of any other.
    if (beresp.http.Set-Cookie || beresp.http.Cache-Control ~ "(?:private|no-store)") {
        return(pass);
    }
    return(deliver);
}
