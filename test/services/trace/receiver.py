"""An OTLP/HTTP receiver that owes nothing to Tidings: OpenTelemetry's own generated classes read what arrives.

Prints {"port": N} once it listens, then one JSON line per span.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

BODY_BYTES_MAX = 64 * 1024 * 1024
KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"]
printing = threading.Lock()


def value_of(any_value):
    kind = any_value.WhichOneof("value")
    return None if kind is None else getattr(any_value, kind)


def attributes_of(pairs):
    found = {pair.key: value_of(pair.value) for pair in pairs}
    if len(found) != len(pairs):
        raise ValueError("an attribute is there twice")
    return found


def shown(resource, scope, span):
    return {
        "resource": attributes_of(resource.attributes),
        "scope": scope.name,
        "traceId": span.trace_id.hex(),
        "spanId": span.span_id.hex(),
        "parentId": span.parent_span_id.hex(),
        "state": span.trace_state,
        "name": span.name,
        "kind": KINDS[span.kind],
        "startNs": str(span.start_time_unix_nano),
        "endNs": str(span.end_time_unix_nano),
        "flags": span.flags,
        "attributes": attributes_of(span.attributes),
        "links": [
            {"traceId": link.trace_id.hex(), "spanId": link.span_id.hex(), "state": link.trace_state}
            for link in span.links
        ],
        "linksLeftOut": span.dropped_links_count,
        "status": {"code": span.status.code, "message": span.status.message},
    }


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        length = int(self.headers.get("content-length", "0"))
        if self.path != "/v1/traces" or self.headers.get("content-type") != "application/x-protobuf":
            return self.answer(415, b"")
        if length > BODY_BYTES_MAX:
            return self.answer(413, b"")
        request = ExportTraceServiceRequest.FromString(self.rfile.read(length))
        with printing:
            for resource_spans in request.resource_spans:
                for scope_spans in resource_spans.scope_spans:
                    for span in scope_spans.spans:
                        print(json.dumps(shown(resource_spans.resource, scope_spans.scope, span)))
            sys.stdout.flush()
        return self.answer(200, ExportTraceServiceResponse().SerializeToString())

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.daemon_threads = True
    print(json.dumps({"port": server.server_port}), flush=True)
    server.serve_forever()


main()
