// Package types has what the load balancing exporter names of Amazon's Cloud Map.
package types

// HealthStatusFilter chooses instances by their health.
type HealthStatusFilter string

// HealthStatusFilterHealthy chooses those that are healthy.
const HealthStatusFilterHealthy HealthStatusFilter = "HEALTHY"

// HttpInstanceSummary describes an instance.
type HttpInstanceSummary struct {
	Attributes map[string]string
}
