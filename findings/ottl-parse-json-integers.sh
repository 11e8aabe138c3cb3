#!/usr/bin/env bash
# OTTL's ParseJSON changes whole numbers: an order id of 16 digits becomes another one, and each integer a double.
#
# Guess:    an integer of JSON becomes an int attribute, exact within int64, as the Collector keeps the same number of OTLP/JSON.
# Seen:     every number is a double. 9007199254740993 becomes ...992, in text 9007199254740992; 1234567890123456789 becomes
#           1234567890123456800. ParseKeyValue keeps the digits, as text.
# Versions: github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl v0.161.0
# Source:   pkg/ottl/ottlfuncs/README.md, ParseJSON: "JSON number -> float64"
# Matters:  ids in JSON log lines that the Collector parses do not join with those of traces; Int() afterwards is too late.
. "$(dirname "$0")/lib.sh"

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl/contexts/ottllog"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl/ottlfuncs"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/plog"
)

func main() {
	parser, err := ottllog.NewParser(ottlfuncs.StandardFuncs[*ottllog.TransformContext](), componenttest.NewNopTelemetrySettings())
	if err != nil {
		panic(err)
	}
	for _, number := range []string{"7", "9007199254740993", "1234567890123456789"} {
		resource := plog.NewLogs().ResourceLogs().AppendEmpty()
		scope := resource.ScopeLogs().AppendEmpty()
		record := scope.LogRecords().AppendEmpty()
		record.Body().SetStr(`{"id":` + number + `}`)
		record.Attributes().PutStr("line", "id="+number)
		for _, text := range []string{
			`set(attributes["json"], ParseJSON(body)["id"])`,
			`set(attributes["int"], Int(ParseJSON(body)["id"]))`,
			`set(attributes["pair"], ParseKeyValue(attributes["line"])["id"])`,
		} {
			statement, err := parser.ParseStatement(text)
			if err != nil {
				panic(err)
			}
			if _, _, err := statement.Execute(context.Background(), ottllog.NewTransformContext(resource, scope, record)); err != nil {
				panic(err)
			}
		}
		for _, key := range []string{"json", "int", "pair"} {
			value, _ := record.Attributes().Get(key)
			fmt.Printf("%s, %s: %s %s\n", number, key, value.Type(), value.AsString())
		}
	}
}
GO
build_go ottl github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl@v0.161.0 \
    go.opentelemetry.io/collector/component/componenttest@v0.161.0
./ottl >seen

expect seen <<'END'
7, json: Double 7
7, int: Int 7
7, pair: Str 7
9007199254740993, json: Double 9007199254740992
9007199254740993, int: Int 9007199254740992
9007199254740993, pair: Str 9007199254740993
1234567890123456789, json: Double 1234567890123456800
1234567890123456789, int: Int 1234567890123456768
1234567890123456789, pair: Str 1234567890123456789
END
