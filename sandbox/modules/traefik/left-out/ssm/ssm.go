// Package ssm refuses to ask Amazon's Systems Manager.
package ssm

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// Client asks nobody.
type Client struct{}

// NewFromConfig makes a client of any configuration.
func NewFromConfig(any) *Client { return &Client{} }

// DescribeInstanceInformationInput chooses machines.
type DescribeInstanceInformationInput struct {
	Filters []types.InstanceInformationStringFilter
}

// DescribeInstanceInformationOutput describes them.
type DescribeInstanceInformationOutput struct {
	InstanceInformationList []types.InstanceInformation
}

// DescribeInstanceInformationPaginator has one page, which cannot be had.
type DescribeInstanceInformationPaginator struct{}

// NewDescribeInstanceInformationPaginator makes one.
func NewDescribeInstanceInformationPaginator(
	*Client, *DescribeInstanceInformationInput,
) *DescribeInstanceInformationPaginator {
	return &DescribeInstanceInformationPaginator{}
}

// HasMorePages is true, so that the failure is seen.
func (*DescribeInstanceInformationPaginator) HasMorePages() bool { return true }

// NextPage always fails.
func (*DescribeInstanceInformationPaginator) NextPage(
	context.Context,
) (*DescribeInstanceInformationOutput, error) {
	return nil, errors.New("this Traefik is built without Amazon's Systems Manager")
}
