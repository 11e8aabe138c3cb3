// Package types has what Traefik reads of a machine that Amazon's Systems Manager knows.
package types

// InstanceInformationStringFilter chooses machines.
type InstanceInformationStringFilter struct {
	Key    *string
	Values []string
}

// PingStatus says whether a machine answers.
type PingStatus string

// PingStatusOnline is the state that Traefik asks for.
const PingStatusOnline PingStatus = "Online"

// InstanceInformation is a machine.
type InstanceInformation struct {
	InstanceId *string
	IPAddress  *string
	PingStatus PingStatus
}
