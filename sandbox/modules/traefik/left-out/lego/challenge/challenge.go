// Package challenge has what proves to a certificate authority whose a name is.
package challenge

import "context"

// Provider shows the proof, and takes it away.
type Provider interface {
	Present(ctx context.Context, domain, token, keyAuth string) error
	CleanUp(ctx context.Context, domain, token, keyAuth string) error
}
