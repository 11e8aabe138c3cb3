#!/usr/bin/env bash
# Kubernetes writes 0.1Gi as 107374182400m (thousandths of a byte), and the smallest amounts round up.
#
# Guess:    "0.5Gi" and "0.1Gi" are written in one form, such as 512Mi and 102.4Mi. 1e3 becomes 1k. An amount that is too small for
#           a unit is refused or becomes 0.
# Seen:     0.1Gi is no whole number of bytes, so that it is written in thousandths of one. 1e3 stays 1e3, 1000Ki is not made
#           shorter, and 0.0000000001 becomes 1n. Value() rounds up: 107374183 bytes, and 1 for a thousandth.
# Versions: k8s.io/apimachinery v0.37.2
# Source:   pkg/api/resource/quantity.go, comment of Quantity: the canonical form has no fractional digits and keeps the family of
#           the suffix, and what is more precise than a unit allows is rounded up
# Matters:  who compares what was applied with what the API server returns as text sees a difference for ever, and a reader
#           that knows Ki, Mi and Gi alone meets bytes with a suffix m.
. "$(dirname "$0")/lib.sh"

cat >main.go <<'GO'
package main

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/resource"
)

func main() {
	for _, text := range []string{"0.5Gi", "0.1Gi", "1.1Gi", "1000Ki", "1024Ki", "1e3", "1000", "1e-3", "0.0000000001"} {
		quantity := resource.MustParse(text)
		fmt.Printf("%s is written as %s, Value() %d\n", text, quantity.String(), quantity.Value())
	}
}
GO
build_go quantity k8s.io/apimachinery@v0.37.2
./quantity >seen

expect seen <<'END'
0.5Gi is written as 512Mi, Value() 536870912
0.1Gi is written as 107374182400m, Value() 107374183
1.1Gi is written as 1181116006400m, Value() 1181116007
1000Ki is written as 1000Ki, Value() 1024000
1024Ki is written as 1Mi, Value() 1048576
1e3 is written as 1e3, Value() 1000
1000 is written as 1k, Value() 1000
1e-3 is written as 1e-3, Value() 1
0.0000000001 is written as 1n, Value() 1
END
