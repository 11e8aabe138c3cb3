#!/usr/bin/env bash
# One bad entry in OTEL_RESOURCE_ATTRIBUTES costs all of them in one language and itself alone in another.
#
# Guess:    an entry without "=" or with a raw space is omitted with a warning, and the others stay; as in W3C baggage,
#           the format of the variable.
# Seen:     Node.js drops the whole variable for an entry without "=" and for a "%" that begins no escape. Python and Go drop
#           the entry alone and keep "50%" as written. All three keep a raw space, ";" and an empty value.
# Versions: @opentelemetry/resources 3.1.0 (npm), opentelemetry-sdk 1.45.2 (PyPI), go.opentelemetry.io/otel/sdk v1.47.0
# Source:   OpenTelemetry specification, resource/sdk.md, "Specifying resource information via an environment variable":
#           on an error while decoding, the entire value SHOULD be discarded
# Matters:  the instance of a pod (service.instance.id) stands in this variable: one team's typing error beside it makes
#           all replicas of a service one series.
. "$(dirname "$0")/lib.sh"

install_npm @opentelemetry/resources@3.1.0 @opentelemetry/api@1.10.0
install_pip opentelemetry-sdk==1.45.2
cat >main.go <<'GO'
package main

import (
	"fmt"

	"go.opentelemetry.io/otel/sdk/resource"
)

func main() {
	for _, attribute := range resource.Environment().Attributes() {
		if key := string(attribute.Key); key == "team" || key == "service.instance.id" {
			fmt.Printf("%s=%s\n", key, attribute.Value.AsString())
		}
	}
}
GO
cat >read.cjs <<'JS'
const { detectResources, envDetector, resourceAttributesEnvDetector } = require("@opentelemetry/resources");
const { attributes } = detectResources({ detectors: [resourceAttributesEnvDetector ?? envDetector] });
for (const key of ["team", "service.instance.id"]) {
    if (attributes[key] !== undefined) console.log(`${key}=${attributes[key]}`);
}
JS
cat >read.py <<'PY'
from opentelemetry.sdk.resources import OTELResourceDetector
attributes = OTELResourceDetector().detect().attributes
for key in ("team", "service.instance.id"):
    if key in attributes:
        print(f"{key}={attributes[key]}")
PY
build_go read-go go.opentelemetry.io/otel/sdk@v1.47.0
for value in "team=a%20b" "team=a b" "team=a;b" "team=50%" "broken" "team=" ""; do
    export OTEL_RESOURCE_ATTRIBUTES="$value,service.instance.id=pod-1"
    for reader in "Node.js node read.cjs" "Python python/bin/python read.py" "Go ./read-go"; do
        echo "'$value' by ${reader%% *}: $(${reader#* } 2>/dev/null | sort | tr '\n' ' ')"
    done
done | sed 's/ *$//' >seen

expect seen <<'END'
'team=a%20b' by Node.js: service.instance.id=pod-1 team=a b
'team=a%20b' by Python: service.instance.id=pod-1 team=a b
'team=a%20b' by Go: service.instance.id=pod-1 team=a b
'team=a b' by Node.js: service.instance.id=pod-1 team=a b
'team=a b' by Python: service.instance.id=pod-1 team=a b
'team=a b' by Go: service.instance.id=pod-1 team=a b
'team=a;b' by Node.js: service.instance.id=pod-1 team=a;b
'team=a;b' by Python: service.instance.id=pod-1 team=a;b
'team=a;b' by Go: service.instance.id=pod-1 team=a;b
'team=50%' by Node.js:
'team=50%' by Python: service.instance.id=pod-1 team=50%
'team=50%' by Go: service.instance.id=pod-1 team=50%
'broken' by Node.js:
'broken' by Python: service.instance.id=pod-1
'broken' by Go: service.instance.id=pod-1
'team=' by Node.js: service.instance.id=pod-1 team=
'team=' by Python: service.instance.id=pod-1 team=
'team=' by Go: service.instance.id=pod-1 team=
'' by Node.js: service.instance.id=pod-1
'' by Python: service.instance.id=pod-1
'' by Go: service.instance.id=pod-1
END
