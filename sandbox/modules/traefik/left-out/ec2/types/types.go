// Package types has what Traefik reads of a machine of Amazon's.
package types

// InstanceStateName says what a machine does.
type InstanceStateName string

// InstanceStateNameRunning is the state that Traefik asks for.
const InstanceStateNameRunning InstanceStateName = "running"

// InstanceState of a machine.
type InstanceState struct {
	Name InstanceStateName
}

// Instance is a machine.
type Instance struct {
	InstanceId       *string
	PrivateIpAddress *string
	State            *InstanceState
}

// Reservation is a group of machines.
type Reservation struct {
	Instances []Instance
}
