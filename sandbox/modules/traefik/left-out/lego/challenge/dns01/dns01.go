// Package dns01 has what Traefik reads of domain names; the proof by DNS is left out.
package dns01

import (
	"strings"
	"time"
)

// Options of a client.
type Options struct {
	RecursiveNameservers []string
}

// Client would look whether the proof can be seen.
type Client struct{}

// ChallengeOption changes how the proof is shown.
type ChallengeOption func()

// NewClient makes a client that does nothing.
func NewClient(*Options) *Client { return &Client{} }

// SetDefaultClient does nothing.
func SetDefaultClient(*Client) {}

// CondOptions does nothing.
func CondOptions(bool, ...ChallengeOption) ChallengeOption { return func() {} }

// DisableAuthoritativeNssPropagationRequirement does nothing.
func DisableAuthoritativeNssPropagationRequirement() ChallengeOption { return func() {} }

// DisableRecursiveNSsPropagationRequirement does nothing.
func DisableRecursiveNSsPropagationRequirement() ChallengeOption { return func() {} }

// PropagationWait does nothing.
func PropagationWait(time.Duration, bool) ChallengeOption { return func() {} }

// UnFqdn is the name without the dot at its end.
func UnFqdn(name string) string { return strings.TrimSuffix(name, ".") }
