// Package http01 has the names of the proof by HTTP; the proof is left out.
package http01

import "time"

// PathPrefix is where the proof would be found.
const PathPrefix = "/.well-known/acme-challenge/"

// ChallengeOption changes how the proof is shown.
type ChallengeOption func()

// SetDelay does nothing.
func SetDelay(time.Duration) ChallengeOption { return func() {} }
