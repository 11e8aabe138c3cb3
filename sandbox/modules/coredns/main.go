// Command coredns is CoreDNS with the plugins that resolve the names of one cluster and no others:
// the sandbox has no way out, so it forwards nothing.
package main

import (
	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"

	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/health"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/loop"
	_ "github.com/coredns/coredns/plugin/ready"
)

func main() {
	// The order in which the plugins of a server block see a query.
	dnsserver.Directives = []string{"health", "ready", "errors", "cache", "kubernetes", "loop"}
	coremain.Run()
}
