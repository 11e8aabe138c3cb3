#!/usr/bin/env bash
# OpenTelemetry's Prometheus exporters of Node.js and Python name one metric in two ways, and Node.js can make a page that
# Prometheus refuses whole.
#
# Guess:    both follow the compatibility specification, as the Collector does: the unit is a suffix, attributes whose keys
#           become one label are joined by ";", and a key that begins with a digit gets a prefix.
# Seen:     Node.js leaves the unit out of the name. It writes a label twice, and a label "9": the parser refuses the page,
#           and so all metrics of the process. Python has the suffix, keeps the last one of the two attributes, and writes _.
# Versions: @opentelemetry/exporter-prometheus 0.301.0, @opentelemetry/sdk-metrics 3.1.1 (npm),
#           opentelemetry-exporter-prometheus 0.66b2, opentelemetry-sdk 1.45.2 (PyPI), github.com/prometheus/common v0.74.0
# Source:   OpenTelemetry specification, compatibility/prometheus_and_openmetrics.md, "Metric Attributes" and "Unit".
#           Node.js: PrometheusSerializer.ts; Python: exporter/prometheus/__init__.py
# Matters:  a dashboard for a metric by remote write does not fit the same metric of a page that is scraped.
. "$(dirname "$0")/lib.sh"

install_npm @opentelemetry/exporter-prometheus@0.301.0 @opentelemetry/sdk-metrics@3.1.1 @opentelemetry/api@1.10.0
install_pip opentelemetry-exporter-prometheus==0.66b2 opentelemetry-sdk==1.45.2 prometheus_client==0.26.0

cat >page.cjs <<'JS'
const { PrometheusExporter, PrometheusSerializer } = require("@opentelemetry/exporter-prometheus");
const { MeterProvider } = require("@opentelemetry/sdk-metrics");
async function main() {
    const reader = new PrometheusExporter({ preventServerStart: true });
    const meter = new MeterProvider({ readers: [reader] }).getMeter("finding");
    meter.createGauge("latency", { unit: "ms" }).record(1);
    meter.createGauge("keys").record(1, { "a.b": "dot", a_b: "underscore" });
    meter.createGauge("digit").record(1, { 9: "nine" });
    const { resourceMetrics } = await reader.collect();
    console.log(new PrometheusSerializer().serialize(resourceMetrics));
    process.exit();
}
main();
JS
cat >page.py <<'PY'
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from prometheus_client import generate_latest

meter = MeterProvider([PrometheusMetricReader()]).get_meter("finding")
meter.create_gauge("latency", "ms").set(1)
meter.create_gauge("keys").set(1, {"a.b": "dot", "a_b": "underscore"})
meter.create_gauge("digit").set(1, {"9": "nine"})
print(generate_latest().decode())
PY
cat >parse.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

func main() {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	if _, err := parser.TextToMetricFamilies(os.Stdin); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("accepted")
}
GO
build_go parse github.com/prometheus/common@v0.74.0
node page.cjs >page-node
python/bin/python page.py >page-python
for page in page-node page-python; do
    for metric in latency keys digit; do
        line=$(grep "^$metric" "$page" | sed -E 's/,?otel_scope_[a-z_]+="[^"]*"//g')
        echo "$line: $(echo "$line" | ./parse)"
    done
done >seen

expect seen <<'END'
latency{} 1: accepted
keys{a_b="dot",a_b="underscore"} 1: text format parsing error in line 1: duplicate label names for metric "keys"
digit{9="nine"} 1: text format parsing error in line 1: invalid label name for metric "digit"
latency_milliseconds{} 1.0: accepted
keys{a_b="underscore"} 1.0: accepted
digit{_="nine"} 1.0: accepted
END
