"""One contract that every way of running the gate keeps: core, ASGI, WSGI and the frameworks."""
