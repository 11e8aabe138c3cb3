// Command pulumi-resource-kubernetes is Pulumi's own Kubernetes provider. The official release is a download that a
// machine with package registries alone cannot make, so it is built from its Go module.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

// Both files are the module's own; sandbox/build.ts puts them in place with an overlay.

//go:embed schema.json
var schema []byte

//go:embed terraform-mapping.json
var terraformMapping []byte

func main() {
	provider.Serve("kubernetes", version.Version, schema, terraformMapping)
}
