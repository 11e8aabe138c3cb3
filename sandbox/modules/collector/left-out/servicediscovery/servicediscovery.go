// Package servicediscovery refuses to ask Amazon's Cloud Map.
package servicediscovery

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/servicediscovery/types"
)

// Client asks nobody.
type Client struct{}

// NewFromConfig makes a client of any configuration.
func NewFromConfig(any) *Client { return &Client{} }

// DiscoverInstancesInput chooses instances.
type DiscoverInstancesInput struct {
	NamespaceName      *string
	ServiceName        *string
	HealthStatus       types.HealthStatusFilter
	OwnerAccount       *string
	MaxResults         *int32
	OptionalParameters map[string]string
	QueryParameters    map[string]string
}

// DiscoverInstancesOutput describes them.
type DiscoverInstancesOutput struct {
	Instances []types.HttpInstanceSummary
}

// DiscoverInstances always fails.
func (*Client) DiscoverInstances(
	context.Context, *DiscoverInstancesInput,
) (*DiscoverInstancesOutput, error) {
	return nil, errors.New("this Collector is built without Amazon's Cloud Map")
}
