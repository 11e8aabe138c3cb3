#!/usr/bin/env bash
# OTTL's Substring makes text that is no Unicode where truncate_all does not, and truncate_all leaves texts within a map whole.
#
# Guess:    Len and Substring count characters. truncate_all makes every text among the attributes short.
# Seen:     Len("日本語") is 9. Substring of its first two is two thirds of a character, no valid UTF-8. truncate_all counts bytes
#           too, but cuts between characters; texts in a map or a list stay as long as they are, without an error.
# Versions: github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl v0.161.0
# Source:   pkg/ottl/ottlfuncs/README.md: the option utf8_safe is false for Substring and true for truncate_all, which ignores
#           "non-string values"
# Matters:  a Protobuf reader refuses a whole request for one text that is no UTF-8. A limit for long attributes by truncate_all
#           does not hold for structured ones.
. "$(dirname "$0")/lib.sh"

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl/contexts/ottllog"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl/ottlfuncs"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/plog"
)

func main() {
	resource := plog.NewLogs().ResourceLogs().AppendEmpty()
	scope := resource.ScopeLogs().AppendEmpty()
	record := scope.LogRecords().AppendEmpty()
	attributes := record.Attributes()
	attributes.PutStr("text", "日本語")
	attributes.PutEmptyMap("map").PutStr("text", "日本語")
	attributes.PutEmptySlice("list").AppendEmpty().SetStr("日本語")
	target := ottllog.NewTransformContext(resource, scope, record)
	parser, err := ottllog.NewParser(ottlfuncs.StandardFuncs[*ottllog.TransformContext](), componenttest.NewNopTelemetrySettings())
	if err != nil {
		panic(err)
	}
	for _, text := range []string{`Len(attributes["text"])`, `Substring(attributes["text"], 0, 2)`, `Substring(attributes["text"], 0, 3)`} {
		expression, err := parser.ParseValueExpression(text)
		if err != nil {
			panic(err)
		}
		value, err := expression.Eval(context.Background(), target)
		fmt.Printf("%s = %+q, valid UTF-8: %t, %v\n", text, fmt.Sprint(value), utf8.ValidString(fmt.Sprint(value)), err)
	}
	statement, err := parser.ParseStatement(`truncate_all(attributes, 4)`)
	if err != nil {
		panic(err)
	}
	_, _, err = statement.Execute(context.Background(), target)
	fmt.Println("truncate_all(attributes, 4):", attributes.AsRaw(), err)
}
GO
build_go ottl github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl@v0.161.0 \
    go.opentelemetry.io/collector/component/componenttest@v0.161.0
./ottl >seen

expect seen <<'END'
Len(attributes["text"]) = "9", valid UTF-8: true, <nil>
Substring(attributes["text"], 0, 2) = "\xe6\x97", valid UTF-8: false, <nil>
Substring(attributes["text"], 0, 3) = "\u65e5", valid UTF-8: true, <nil>
truncate_all(attributes, 4): map[list:[日本語] map:map[text:日本語] text:日] <nil>
END
