// Package ext is where a distribution of Traefik adds settings of its own. Traefik's module names it by a path inside
// of its own repository, which the module of a tag does not hold. There is nothing to add.
package ext

// HTTP is what could be added to the HTTP part of the dynamic configuration.
type HTTP struct{}

// Router is what could be added to an HTTP router.
type Router struct{}

// DeepCopyInto is asked for by Traefik's generated code.
func (in *HTTP) DeepCopyInto(out *HTTP) { *out = *in }

// DeepCopyInto is asked for by Traefik's generated code.
func (in *Router) DeepCopyInto(out *Router) { *out = *in }
