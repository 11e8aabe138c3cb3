#!/usr/bin/env bash
# The tools around one stack read one YAML file in different ways: 017, 08, 1_000, dates and keys such as y.
#
# Guess:    kubectl, Helm, Pulumi, the Collector (all written in Go) read alike, by YAML 1.2 or 1.1, and a JavaScript tool
#           beside them differs for yes and no alone.
# Seen:     kubectl and Helm (sigs.k8s.io/yaml) turn a key y into "true" and yes into true; the Collector and Pulumi (yaml.v3) keep
#           both as text. All of Go reads 017 as 15 but 08 as 8; JavaScript reads 17 and 8. A date is a time in yaml.v3 alone;
#           1_000 is text in JavaScript alone. PyYAML has 1:30 as 90, and 08, 0o17 and 1e3 as text.
# Versions: sigs.k8s.io/yaml v1.6.0, gopkg.in/yaml.v3 v3.0.1 (Go), yaml 2.9.1 (npm), PyYAML 6.0.3 (PyPI)
# Source:   README of yaml.v3: YAML 1.2, with parts of 1.1 for compatibility; sigs.k8s.io/yaml is built on its version 2; npm's
#           yaml has the core schema of YAML 1.2; PyYAML is YAML 1.1
# Matters:  whatever checks or renders a stack file beside Pulumi must read it as Pulumi does; quote such values.
. "$(dirname "$0")/lib.sh"

cat >values <<'TEXT'
y: 1
k: yes
k: 017
k: 08
k: 0o17
k: 1_000
k: 1:30
k: 2026-11-01
k: 1e3
TEXT
cat >main.go <<'GO'
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"gopkg.in/yaml.v3"
	kubernetes "sigs.k8s.io/yaml"
)

func main() {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		seen, err := kubernetes.YAMLToJSON(lines.Bytes())
		var value any
		if err == nil {
			err = yaml.Unmarshal(lines.Bytes(), &value)
		}
		if err != nil {
			panic(err)
		}
		again, _ := json.Marshal(value)
		fmt.Printf("%s | kubectl %s | yaml.v3 %s\n", lines.Text(), seen, again)
	}
}
GO
cat >read.cjs <<'JS'
const { readFileSync } = require("node:fs");
const { parse } = require("yaml");
for (const line of readFileSync("values", "utf8").trim().split("\n")) console.log("JavaScript", JSON.stringify(parse(line)));
JS
cat >read.py <<'PY'
import json, yaml
for line in open("values"):
    print("Python", json.dumps(yaml.safe_load(line), default=str).replace(": ", ":"))
PY
build_go read sigs.k8s.io/yaml@v1.6.0 gopkg.in/yaml.v3@v3.0.1
install_npm yaml@2.9.1
install_pip PyYAML==6.0.3
paste -d '|' <(./read <values) <(node read.cjs) <(python/bin/python read.py) | sed 's/|\([JP]\)/ | \1/g' >seen

expect seen <<'END'
y: 1 | kubectl {"true":1} | yaml.v3 {"y":1} | JavaScript {"y":1} | Python {"y":1}
k: yes | kubectl {"k":true} | yaml.v3 {"k":"yes"} | JavaScript {"k":"yes"} | Python {"k":true}
k: 017 | kubectl {"k":15} | yaml.v3 {"k":15} | JavaScript {"k":17} | Python {"k":15}
k: 08 | kubectl {"k":8} | yaml.v3 {"k":8} | JavaScript {"k":8} | Python {"k":"08"}
k: 0o17 | kubectl {"k":15} | yaml.v3 {"k":15} | JavaScript {"k":15} | Python {"k":"0o17"}
k: 1_000 | kubectl {"k":1000} | yaml.v3 {"k":1000} | JavaScript {"k":"1_000"} | Python {"k":1000}
k: 1:30 | kubectl {"k":"1:30"} | yaml.v3 {"k":"1:30"} | JavaScript {"k":"1:30"} | Python {"k":90}
k: 2026-11-01 | kubectl {"k":"2026-11-01"} | yaml.v3 {"k":"2026-11-01T00:00:00Z"} | JavaScript {"k":"2026-11-01"} | Python {"k":"2026-11-01"}
k: 1e3 | kubectl {"k":1000} | yaml.v3 {"k":1000} | JavaScript {"k":1000} | Python {"k":"1e3"}
END
