#!/usr/bin/env bash
# What the processor deltatocumulative makes of a restart looks like fewer events, and a late delta is lost with a success.
#
# Guess:    after a restart the total begins again below the old one, so that whoever reads counters sees a reset and loses
#           nothing. A delta that comes late is added all the same, as a sum does not depend on the order.
# Seen:     the first delta after the restart is the new total: 12, then 20, which by the rule of Prometheus' increase() is 8
#           events where there were 20. Only the start time distinguishes it from a counter that went on.
#           A delta older than the newest one is dropped, and the caller hears no error.
# Versions: github.com/open-telemetry/opentelemetry-collector-contrib/processor/deltatocumulativeprocessor v0.161.0,
#           go.opentelemetry.io/collector/processor v1.71.0
# Source:   the processor keeps its state in memory; its documentation.md names otelcol_deltatocumulative_datapoints, which counts
#           what is dropped by an attribute error. Prometheus' remote write 1.0 has no field for a start time.
# Matters:  a Collector that rolls out understates busy counters of delta clients once for each series; one that gets
#           retried or parallel requests loses deltas, which its own metric alone shows.
. "$(dirname "$0")/lib.sh"

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/deltatocumulativeprocessor"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/processor"
)

type delta struct{ from, to, value int64 }

func at(second int64) pcommon.Timestamp {
	return pcommon.NewTimestampFromTime(time.Unix(1700000000+second, 0))
}

// send gives the deltas to a processor that has just started.
func send(deltas ...delta) {
	factory, sink := deltatocumulativeprocessor.NewFactory(), new(consumertest.MetricsSink)
	settings := processor.Settings{ID: component.NewID(factory.Type()), TelemetrySettings: componenttest.NewNopTelemetrySettings()}
	started, err := factory.CreateMetrics(context.Background(), settings, factory.CreateDefaultConfig(), sink)
	if err != nil {
		panic(err)
	}
	for _, delta := range deltas {
		metrics := pmetric.NewMetrics()
		metric := metrics.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
		metric.SetName("jobs")
		sum := metric.SetEmptySum()
		sum.SetIsMonotonic(true)
		sum.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
		point := sum.DataPoints().AppendEmpty()
		point.SetStartTimestamp(at(delta.from))
		point.SetTimestamp(at(delta.to))
		point.SetIntValue(delta.value)
		sink.Reset()
		err := started.ConsumeMetrics(context.Background(), metrics)
		fmt.Printf("delta %d of %d to %d s: error %v, ", delta.value, delta.from, delta.to, err)
		if sink.DataPointCount() == 0 {
			fmt.Println("nothing comes out")
			continue
		}
		total := sink.AllMetrics()[0].ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Sum().DataPoints().At(0)
		fmt.Printf("total %d since %d s\n", total.IntValue(), int64(total.StartTimestamp()-at(0))/1e9)
	}
}

func main() {
	send(delta{0, 10, 5}, delta{10, 20, 7})
	fmt.Println("restart")
	send(delta{20, 30, 20}, delta{40, 50, 3}, delta{30, 40, 2}, delta{50, 60, 1})
}
GO
build_go totals \
    github.com/open-telemetry/opentelemetry-collector-contrib/processor/deltatocumulativeprocessor@v0.161.0 \
    go.opentelemetry.io/collector/processor@v1.71.0 \
    go.opentelemetry.io/collector/consumer/consumertest@v0.165.0 \
    go.opentelemetry.io/collector/component/componenttest@v0.165.0
./totals >seen

expect seen <<'END'
delta 5 of 0 to 10 s: error <nil>, total 5 since 0 s
delta 7 of 10 to 20 s: error <nil>, total 12 since 0 s
restart
delta 20 of 20 to 30 s: error <nil>, total 20 since 20 s
delta 3 of 40 to 50 s: error <nil>, total 23 since 20 s
delta 2 of 30 to 40 s: error <nil>, nothing comes out
delta 1 of 50 to 60 s: error <nil>, total 24 since 20 s
END
