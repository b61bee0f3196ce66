{% macro keep_the_choice(request, marks) %}
    if ({{ request }}.http.Cookie ~ "{{ shape() }}") {
{% if marks %}
        set {{ request }}.http.Cookies-Sent = {{ request }}.http.Cookie;
{% endif %}
        set {{ request }}.http.Cookie = regsub({{ request }}.http.Cookie, "{{ shape() }}", "\1");
    }
{% if other %}
    if ({{ request }}.http.Cookie ~ "^{{ other }}(?:; {{ other }})*$") {
{% if marks %}
        set {{ request }}.http.Cookies-Sent = {{ request }}.http.Cookie;
{% endif %}
        unset {{ request }}.http.Cookie;
    }
{% endif %}
{% endmacro %}
{% macro shape() %}^{% if other %}(?:{{ other }}; )*{% endif %}({{ cookie }}={{ choice }}){{ end }}{% if other %}(?:; {{ other }})*{% endif %}${% endmacro %}
