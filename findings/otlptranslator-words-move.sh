#!/usr/bin/env bash
# The words "total" and "ratio" move to the end of a metric's name on its way into Prometheus, and "per second" is doubled.
#
# Guess:    dots become underscores, and a suffix for unit and type is added unless the name ends with it.
# Seen:     a counter x.total.count is x_count_total; a gauge ratio.of.hits with unit 1 is of_hits_ratio. A unit that is anywhere
#           in the name is not added again (seconds.since stays), but that of a rate is: x.per.second with 1/s is
#           x_per_second_per_second. A leading underscore is lost, so that _a and a are one series.
# Versions: github.com/prometheus/otlptranslator v1.0.0
# Source:   metric_namer.go: the name is cut into words, "total" and "ratio" are removed wherever they stand and appended; the unit
#           of a rate is looked for as one word "per_second", which no word of the name can be
# Matters:  searching Prometheus for the name in the program's code fails. The Collector's exporters and Prometheus' OTLP endpoint
#           use this translation.
. "$(dirname "$0")/lib.sh"

cat >main.go <<'GO'
package main

import (
	"fmt"

	translator "github.com/prometheus/otlptranslator"
)

func main() {
	namer := translator.NewMetricNamer("", translator.UnderscoreEscapingWithSuffixes)
	counter, gauge := translator.MetricType(translator.MetricTypeMonotonicCounter), translator.MetricType(translator.MetricTypeGauge)
	for _, metric := range []translator.Metric{
		{Name: "x.total.count", Type: counter},
		{Name: "ratio.of.hits", Unit: "1", Type: gauge},
		{Name: "seconds.since", Unit: "s", Type: gauge},
		{Name: "x.per.second", Unit: "1/s", Type: gauge},
		{Name: "_a", Type: gauge},
	} {
		name, err := namer.Build(metric)
		fmt.Println(metric.Name, metric.Unit, "->", name, err)
	}
}
GO
build_go names github.com/prometheus/otlptranslator@v1.0.0
./names >seen

expect seen <<'END'
x.total.count  -> x_count_total <nil>
ratio.of.hits 1 -> of_hits_ratio <nil>
seconds.since s -> seconds_since <nil>
x.per.second 1/s -> x_per_second_per_second <nil>
_a  -> a <nil>
END
