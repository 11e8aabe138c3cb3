// Package registration has what Traefik would tell a certificate authority of itself.
package registration

// RegisterOptions of an account.
type RegisterOptions struct {
	TermsOfServiceAgreed bool
}

// RegisterEABOptions of an account that is bound to another one.
type RegisterEABOptions struct {
	TermsOfServiceAgreed bool
	Kid                  string
	HmacEncoded          string
}
