// Package log takes Traefik's logger and never uses it.
package log

import "log/slog"

// SetDefault does nothing.
func SetDefault(*slog.Logger) {}
