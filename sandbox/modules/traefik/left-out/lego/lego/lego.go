// Package lego refuses what Traefik would have it do: this Traefik gets its certificates from Secrets alone.
package lego

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"time"

	"github.com/go-acme/lego/v5/acme"
	"github.com/go-acme/lego/v5/certificate"
	"github.com/go-acme/lego/v5/challenge"
	"github.com/go-acme/lego/v5/challenge/dns01"
	"github.com/go-acme/lego/v5/challenge/http01"
	"github.com/go-acme/lego/v5/challenge/tlsalpn01"
	"github.com/go-acme/lego/v5/registration"
)

// DirectoryURLLetsEncrypt is empty: there is nobody to ask.
const DirectoryURLLetsEncrypt = ""

var errLeftOut = errors.New("this Traefik is built without ACME")

// Config of a client.
type Config struct {
	CADirURL    string
	UserAgent   string
	HTTPClient  *http.Client
	Certificate struct{ Timeout time.Duration }
}

// Client of a certificate authority.
type Client struct {
	Certificate  certifier
	Challenge    solvers
	Registration registrar
}

type (
	certifier struct{}
	solvers   struct{}
	registrar struct{}
)

// NewConfig makes a configuration that no client takes.
func NewConfig(any) *Config { return &Config{} }

// NewClient always fails.
func NewClient(*Config) (*Client, error) { return nil, errLeftOut }

// CreateCertPool always fails.
func CreateCertPool([]string, bool) (*x509.CertPool, error) { return nil, errLeftOut }

func (certifier) Obtain(context.Context, certificate.ObtainRequest) (*certificate.Resource, error) {
	return nil, errLeftOut
}

func (certifier) Renew(
	context.Context, certificate.Resource, *certificate.RenewOptions,
) (*certificate.Resource, error) {
	return nil, errLeftOut
}

func (solvers) SetDNS01Provider(challenge.Provider, ...dns01.ChallengeOption) error {
	return errLeftOut
}

func (solvers) SetHTTP01Provider(challenge.Provider, ...http01.ChallengeOption) error {
	return errLeftOut
}

func (solvers) SetTLSALPN01Provider(challenge.Provider, ...tlsalpn01.ChallengeOption) error {
	return errLeftOut
}

func (registrar) Register(context.Context, registration.RegisterOptions) (*acme.ExtendedAccount, error) {
	return nil, errLeftOut
}

func (registrar) RegisterWithExternalAccountBinding(
	context.Context, registration.RegisterEABOptions,
) (*acme.ExtendedAccount, error) {
	return nil, errLeftOut
}
