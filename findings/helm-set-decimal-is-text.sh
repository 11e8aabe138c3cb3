#!/usr/bin/env bash
# helm --set ratio=0.5 sets the text "0.5", while ratio: 0.5 in a values file is a number: one template works for one of the two.
#
# Guess:    --set guesses types as YAML does: 0.5 and 1e3 are numbers as 1 is.
# Seen:     only whole numbers, true, false and null are typed. 0.5, 1e3 and 0x10 are text, +1 is the number 1, True is true. A template
#           that compares with a number fails with the text. The values file makes every number a float64: 1000000 prints as 1e+06.
# Versions: helm.sh/helm/v3 v3.22.0, sigs.k8s.io/yaml v1.6.0
# Source:   helm, pkg/strvals/parser.go, typedVal; values files are read through JSON
# Matters:  a chart whose values are shares or factors (sampling, alert thresholds) needs toString and float64 in its templates,
#           or --set-json.
. "$(dirname "$0")/lib.sh"

cat >main.go <<'GO'
package main

import (
	"fmt"
	"strings"
	"text/template"

	"helm.sh/helm/v3/pkg/strvals"
	"sigs.k8s.io/yaml"
)

func render(values map[string]any) string {
	var out strings.Builder
	compare := template.Must(template.New("").Parse("{{ if lt .x 0.9 }}below{{ else }}not below{{ end }}"))
	if err := compare.Execute(&out, values); err != nil {
		return "error"
	}
	return out.String()
}

func main() {
	for _, text := range []string{"0.5", "1e3", "0x10", "+1", "1", "1000000", "True"} {
		set, err := strvals.Parse("x=" + text)
		if err != nil {
			panic(err)
		}
		file := map[string]any{}
		if err := yaml.Unmarshal([]byte("x: "+text), &file); err != nil {
			panic(err)
		}
		fmt.Printf("%s: --set %T %v, values file %T %v\n", text, set["x"], set["x"], file["x"], file["x"])
	}
	set, _ := strvals.Parse("x=0.5")
	fmt.Printf("lt .Values.x 0.9: --set %s, values file %s\n", render(set), render(map[string]any{"x": 0.5}))
}
GO
build_go values helm.sh/helm/v3@v3.22.0 sigs.k8s.io/yaml@v1.6.0
./values >seen

expect seen <<'END'
0.5: --set string 0.5, values file float64 0.5
1e3: --set string 1e3, values file float64 1000
0x10: --set string 0x10, values file float64 16
+1: --set int64 1, values file float64 1
1: --set int64 1, values file float64 1
1000000: --set int64 1000000, values file float64 1e+06
True: --set bool true, values file bool true
lt .Values.x 0.9: --set error, values file below
END
