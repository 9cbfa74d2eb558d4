"""Moto's server: AWS as others understand it. Prints {"port": N} once it listens.

The first argument is the region whose SNS certificates are served.
"""

import json
import sys

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

SCOPE = f"x/20260101/{sys.argv[1]}/sns/aws4_request"
moto = DomainDispatcherApplication(create_backend_app)


class Quiet(WSGIRequestHandler):
    def log(self, *_):
        pass


def application(environ, start_response):
    # Moto knows a service by a request's signature, and nobody signs the request for a certificate.
    if environ["PATH_INFO"].startswith("/SimpleNotificationService-"):
        environ["HTTP_AUTHORIZATION"] = f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=host, Signature=0"
    return moto(environ, start_response)


server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Quiet)
print(json.dumps({"port": server.server_port}), flush=True)
server.serve_forever()
