#!/usr/bin/env bash
# VictoriaLogs answers 200 to OTLP log records and then keeps other things than were sent, or nothing.
#
# Guess:    a body that is a map is kept as JSON in _msg; attributes of record and resource stay apart; an event is found by
#           its name; what is not stored is refused, or counted.
# Seen:     the body's fields become fields of the record, an attribute of the same name replaces one, and _msg is a sentence about
#           a missing field. A record's attribute service.name replaces that of the resource (but not in the stream). An
#           event without a body has that sentence, too. A record whose key has 129 bytes is dropped with 200, and
#           vl_rows_dropped_total does not count it.
# Versions: github.com/VictoriaMetrics/VictoriaLogs v1.52.1; opentelemetry-proto 1.45.2 (PyPI)
# Source:   VictoriaLogs documentation, "Key concepts" (_msg is required) and "OpenTelemetry setup"; app/vlinsert/opentelemetry
# Matters:  the same records in Loki: a map is a line of JSON, an event an empty line, the resource's service.name wins. Who moves
#           from one to the other rewrites queries, and the Collector counts all as sent.
. "$(dirname "$0")/lib.sh"

install_go github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs@v1.52.1
install_pip opentelemetry-proto==1.45.2 protobuf==7.36.2 requests==2.34.2

cat >send.py <<'PY'
import json, sys, time
import requests
from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

text = lambda value: {"stringValue": value}
fields = lambda values: [{"key": key, "value": text(value)} for key, value in values.items()]
RECORDS = {
    "map": {"body": {"kvlistValue": {"values": fields({"user": "of the body", "step": "1"})}}, "attributes": fields({"user": "an attribute"})},
    "attribute": {"body": text("hello"), "attributes": fields({"service.name": "of the record"})},
    "event": {"eventName": "checkout.done"},
    "key": {"body": text("hello"), "attributes": fields({"k" * 129: "v"})},
}
url = f"http://127.0.0.1:{sys.argv[1]}"
for name, record in RECORDS.items():
    record["timeUnixNano"] = str(time.time_ns())
    resource = {"attributes": fields({"service.name": name})}
    request = json_format.ParseDict({"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": [record]}]}]}, ExportLogsServiceRequest())
    answer = requests.post(f"{url}/insert/opentelemetry/v1/logs", request.SerializeToString(), headers={"content-type": "application/x-protobuf"})
    print(f"{name}: {answer.status_code}")
time.sleep(3)
for name in RECORDS:
    answer = requests.post(f"{url}/select/logsql/query", {"query": f'{{service.name="{name}"}}'})
    found = [json.loads(line) for line in answer.text.splitlines()]
    for row in found:
        row["_msg"] = row["_msg"].split(";")[0]
        print(f"{name}:", *(f"{key}={row[key]!r}" for key in sorted(row) if key in ("_msg", "user", "step", "service.name", "event_name")))
    if not found:
        print(f"{name}: not found")
lines = requests.get(f"{url}/metrics").text.splitlines()
print("dropped:", sum(float(line.split()[-1]) for line in lines if line.startswith("vl_rows_dropped_total")))
PY
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
in_background ./victoria-logs -httpListenAddr="127.0.0.1:$port" -storageDataPath="$work/data" -retentionPeriod=1d 2>log
wait_until python3 -c "import socket; socket.create_connection(('127.0.0.1', $port))"
python/bin/python send.py "$port" >seen

expect seen <<'END'
map: 200
attribute: 200
event: 200
key: 200
map: _msg='missing _msg field' service.name='map' step='1' user='an attribute'
attribute: _msg='hello' service.name='of the record'
event: _msg='missing _msg field' event_name='checkout.done' service.name='event'
key: not found
dropped: 0.0
END
