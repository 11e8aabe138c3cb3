#!/usr/bin/env bash
# The Collector takes null for some fields of OTLP/JSON and refuses the whole request for others, and so with other legal spellings.
#
# Guess:    what Protobuf's JSON mapping lets a reader accept is accepted: null is the default of any field; 1.0, "1e3" are integers;
#           bytes may be base64 without padding or of the URL alphabet.
# Seen:     null is taken for a name, a list, a status, and refused for an id, a time, an enumeration, flags and a double. Of the
#           other spellings only a double as text is taken.
# Versions: go.opentelemetry.io/collector/pdata v1.71.0; compared with protobuf 7.36.2 and opentelemetry-proto 1.45.2 (PyPI)
# Source:   Protobuf documentation, "ProtoJSON Format": what a parser accepts; OTLP specification, "JSON Protobuf Encoding", refers to it.
#           pdata/internal/json reads by hand
# Matters:  JSON serializers that write null for what is not set, such as those of Java and .NET, cost a request (400). Node.js' SDK
#           writes {"doubleValue": null} for NaN (node-otlp-json-numbers.sh).
. "$(dirname "$0")/lib.sh"

cat >spans <<'JSON'
{"name":null}
{"attributes":null}
{"status":null}
{"parentSpanId":null}
{"startTimeUnixNano":null}
{"kind":null}
{"flags":null}
{"attributes":[{"key":"k","value":{"doubleValue":null}}]}
{"attributes":[{"key":"k","value":{"doubleValue":"1.5"}}]}
{"startTimeUnixNano":1.0}
{"startTimeUnixNano":"1e3"}
{"attributes":[{"key":"k","value":{"bytesValue":"AQ"}}]}
{"attributes":[{"key":"k","value":{"bytesValue":"_-8="}}]}
JSON
cat >main.go <<'GO'
package main

import (
	"bufio"
	"fmt"
	"os"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

func main() {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		unmarshaler := ptrace.JSONUnmarshaler{}
		request := `{"resourceSpans":[{"scopeSpans":[{"spans":[` + lines.Text() + `]}]}]}`
		if _, err := unmarshaler.UnmarshalTraces([]byte(request)); err != nil {
			fmt.Println("Collector refuses")
		} else {
			fmt.Println("Collector accepts")
		}
	}
}
GO
cat >read.py <<'PY'
import sys
from google.protobuf import json_format
from opentelemetry.proto.trace.v1.trace_pb2 import Span

for line in sys.stdin:
    try:
        json_format.Parse(line, Span())
        print("Protobuf accepts")
    except json_format.ParseError:
        print("Protobuf refuses")
PY
build_go collector go.opentelemetry.io/collector/pdata@v1.71.0
install_pip opentelemetry-proto==1.45.2 protobuf==7.36.2
paste -d ' ' <(./collector <spans) <(python/bin/python read.py <spans) spans >seen

expect seen <<'END'
Collector accepts Protobuf accepts {"name":null}
Collector accepts Protobuf accepts {"attributes":null}
Collector accepts Protobuf accepts {"status":null}
Collector refuses Protobuf accepts {"parentSpanId":null}
Collector refuses Protobuf accepts {"startTimeUnixNano":null}
Collector refuses Protobuf accepts {"kind":null}
Collector refuses Protobuf accepts {"flags":null}
Collector refuses Protobuf accepts {"attributes":[{"key":"k","value":{"doubleValue":null}}]}
Collector accepts Protobuf accepts {"attributes":[{"key":"k","value":{"doubleValue":"1.5"}}]}
Collector refuses Protobuf accepts {"startTimeUnixNano":1.0}
Collector refuses Protobuf accepts {"startTimeUnixNano":"1e3"}
Collector refuses Protobuf accepts {"attributes":[{"key":"k","value":{"bytesValue":"AQ"}}]}
Collector refuses Protobuf accepts {"attributes":[{"key":"k","value":{"bytesValue":"_-8="}}]}
END
