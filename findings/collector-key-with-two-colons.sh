#!/usr/bin/env bash
# In the Collector's configuration a key with "::" is two keys, quoted or not, and replaces its neighbour.
#
# Guess:    "team::name": x is an entry of that name. The "::" of --set=a::b=c is a notation of the command line alone.
# Seen:     it becomes team: {name: x}; an entry team beside it is lost without an error, whichever comes first. A map of texts, such as
#           headers, refuses it with "expected type 'string', got ... map", which names a key that nobody wrote.
# Versions: go.opentelemetry.io/collector/confmap v1.71.0 with its provider/yamlprovider
# Source:   confmap/confmap.go: KeyDelimiter "::" is given to koanf, which splits each key that it loads
# Matters:  labels, headers, attribute names and paths of files are keys in configurations; "::" stands in names of C++, Ruby and Rust.
. "$(dirname "$0")/lib.sh"

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/yamlprovider"
)

func main() {
	for _, text := range []string{`{"team::name": x}`, `{"team::name": x, team: y}`, `{team: y, "team::name": x}`} {
		resolver, err := confmap.NewResolver(confmap.ResolverSettings{
			URIs:              []string{"yaml:labels: " + text},
			ProviderFactories: []confmap.ProviderFactory{yamlprovider.NewFactory()},
		})
		if err != nil {
			panic(err)
		}
		conf, err := resolver.Resolve(context.Background())
		if err != nil {
			panic(err)
		}
		fmt.Println(text, "->", conf.Get("labels"))
		var config struct {
			Labels map[string]string `mapstructure:"labels"`
		}
		fmt.Println("as texts:", conf.Unmarshal(&config) == nil)
	}
}
GO
build_go read go.opentelemetry.io/collector/confmap@v1.71.0 go.opentelemetry.io/collector/confmap/provider/yamlprovider@v1.71.0
./read >seen

expect seen <<'END'
{"team::name": x} -> map[team:map[name:x]]
as texts: false
{"team::name": x, team: y} -> map[team:map[name:x]]
as texts: false
{team: y, "team::name": x} -> map[team:map[name:x]]
as texts: false
END
