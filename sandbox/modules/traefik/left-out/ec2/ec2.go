// Package ec2 refuses to ask Amazon for machines: the client itself is 13 MB of sources.
package ec2

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// Client asks nobody.
type Client struct{}

// NewFromConfig makes a client of any configuration.
func NewFromConfig(any) *Client { return &Client{} }

// DescribeInstancesInput names machines.
type DescribeInstancesInput struct {
	InstanceIds []string
}

// DescribeInstancesOutput describes them.
type DescribeInstancesOutput struct {
	Reservations []types.Reservation
}

// DescribeInstancesPaginator has one page, which cannot be had.
type DescribeInstancesPaginator struct{}

// NewDescribeInstancesPaginator makes one.
func NewDescribeInstancesPaginator(*Client, *DescribeInstancesInput) *DescribeInstancesPaginator {
	return &DescribeInstancesPaginator{}
}

// HasMorePages is true, so that the failure is seen.
func (*DescribeInstancesPaginator) HasMorePages() bool { return true }

// NextPage always fails.
func (*DescribeInstancesPaginator) NextPage(context.Context) (*DescribeInstancesOutput, error) {
	return nil, errors.New("this Traefik is built without Amazon's EC2")
}
