// Package tlsalpn01 has the names of the proof by TLS, which Traefik's routers know; the proof is left out.
package tlsalpn01

import (
	"errors"
	"time"
)

// ACMETLS1Protocol is what a certificate authority that wants to see the proof says that it speaks (RFC 8737).
const ACMETLS1Protocol = "acme-tls/1"

// ChallengeOption changes how the proof is shown.
type ChallengeOption func()

// SetDelay does nothing.
func SetDelay(time.Duration) ChallengeOption { return func() {} }

// ChallengeBlocks would make the certificate that is the proof.
func ChallengeBlocks(string, string) ([]byte, []byte, error) {
	return nil, nil, errors.New("this Traefik is built without ACME")
}
