#!/usr/bin/env bash
# A password from an environment variable reaches the Collector's components changed: "$$" in the variable becomes "$"; and a
# number of 20 digits keeps the Collector from starting.
#
# Guess:    ${env:NAME} in a field of text gives the bytes of the variable.
# Seen:     it does for 0123, 1e3 and null, which are read as YAML but kept as text. "a$$b" becomes "a$b": the escape is taken
#           back after the variable was put in. A number above int64 and within uint64 is an error in any field, also behind
#           other text; one digit more is not. Quotes around it would become part of the value.
# Versions: go.opentelemetry.io/collector/confmap v1.71.0 with its provider/envprovider and provider/yamlprovider
# Source:   confmap/resolver.go replaces "$$" in all values of the result; confmap/provider.go, checkRawConfType, lists int64 and
#           no uint64. The Collector's documentation has "$$" as an escape in the configuration file alone.
# Matters:  write $$$$ for $$ in a Secret that a variable of the Collector comes from.
. "$(dirname "$0")/lib.sh"

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"

	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/envprovider"
	"go.opentelemetry.io/collector/confmap/provider/yamlprovider"
)

func read() string {
	resolver, err := confmap.NewResolver(confmap.ResolverSettings{
		URIs:              []string{"yaml:password: ${env:PASSWORD}"},
		ProviderFactories: []confmap.ProviderFactory{yamlprovider.NewFactory(), envprovider.NewFactory()},
	})
	if err != nil {
		return err.Error()
	}
	conf, err := resolver.Resolve(context.Background())
	if err != nil {
		return err.Error()
	}
	var config struct {
		Password string `mapstructure:"password"`
	}
	if err := conf.Unmarshal(&config); err != nil {
		return err.Error()
	}
	return config.Password
}

func main() {
	for _, value := range []string{"0123", "1e3", "null", "a #b", "a$b", "a$$b", "a$$$b", "12345678901234567890", "123456789012345678901", `"12345678901234567890"`} {
		os.Setenv("PASSWORD", value)
		fmt.Println(value, "->", read())
	}
}
GO
build_go read go.opentelemetry.io/collector/confmap@v1.71.0 \
    go.opentelemetry.io/collector/confmap/provider/envprovider@v1.71.0 \
    go.opentelemetry.io/collector/confmap/provider/yamlprovider@v1.71.0
./read >seen

expect seen <<'END'
0123 -> 0123
1e3 -> 1e3
null -> null
a #b -> a #b
a$b -> a$b
a$$b -> a$b
a$$$b -> a$$b
12345678901234567890 -> unsupported type=uint64 for retrieved config, ensure that values are wrapped in quotes
123456789012345678901 -> 123456789012345678901
"12345678901234567890" -> "12345678901234567890"
END
