// Package acme has the account that Traefik would keep.
package acme

// Account is what a certificate authority knows of a customer.
type Account struct{}

// ExtendedAccount is an account with its address.
type ExtendedAccount struct {
	Account

	Location string
}
