#!/usr/bin/env bash
# Prometheus' escaping of UTF-8 names does not give every name back, and "dots" renames metrics that have no dot.
#
# Guess:    a name of letters and underscores passes each scheme as it is, and escaping and unescaping restores any name.
# Seen:     "dots" doubles the underscores of ordinary names, and restores a_dot_b as a_._b and other characters as underscores. "values"
#           takes an ordinary name that looks escaped, such as U__a_2e_b, for a.b.
# Versions: github.com/prometheus/common v0.74.0
# Source:   model/metric.go, EscapeName and UnescapeName, which takes the "_dot_" within "a__dot__b" for an escaped dot; Prometheus
#           documentation, "UTF-8 metric and label name escaping schemes": that underscores are doubled is on purpose
# Matters:  a scraper that asks with Accept: escaping=dots gets request__count for request_count.
. "$(dirname "$0")/lib.sh"

cat >main.go <<'GO'
package main

import (
	"fmt"

	"github.com/prometheus/common/model"
)

func main() {
	for _, scheme := range []model.EscapingScheme{model.DotsEscaping, model.ValueEncodingEscaping} {
		for _, name := range []string{"request_count", "a.b", "a_dot_b", "温度", "U__a_2e_b"} {
			escaped := model.EscapeName(name, scheme)
			fmt.Printf("%s: %s -> %s -> %s\n", scheme, name, escaped, model.UnescapeName(escaped, scheme))
		}
	}
}
GO
build_go escape github.com/prometheus/common@v0.74.0
./escape >seen

expect seen <<'END'
dots: request_count -> request__count -> request_count
dots: a.b -> a_dot_b -> a.b
dots: a_dot_b -> a__dot__b -> a_._b
dots: 温度 -> ____ -> __
dots: U__a_2e_b -> U____a__2e__b -> U__a_2e_b
values: request_count -> request_count -> request_count
values: a.b -> U__a_2e_b -> a.b
values: a_dot_b -> a_dot_b -> a_dot_b
values: 温度 -> U___6e29__5ea6_ -> 温度
values: U__a_2e_b -> U__a_2e_b -> a.b
END
