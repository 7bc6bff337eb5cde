// Package v20170312 stands where flannel expects Tencent Cloud's VPC client, which the Go module
// proxy does not serve to everybody. It has just the names that flannel's tencent-vpc backend
// compiles against. Every call answers with ErrNotBuilt, so that backend says why it does not work;
// no other backend of flannel refers to this package.
package v20170312

import "errors"

// ErrNotBuilt is the answer of every call.
var ErrNotBuilt = errors.New("this flanneld was built without Tencent Cloud's client: the tencent-vpc backend is not available")

type Client struct{}

type Filter struct {
	Name   *string
	Values []*string
}

type Route struct {
	DestinationCidrBlock *string
	Enabled              *bool
	GatewayId            *string
	GatewayType          *string
	RouteId              *uint64
	RouteType            *string
}

type RouteTable struct {
	RouteSet     []*Route
	RouteTableId *string
}

type DescribeRouteTablesRequest struct {
	Filters []*Filter
}

type DescribeRouteTablesResponse struct {
	Response *struct {
		RouteTableSet []*RouteTable
	}
}

type CreateRoutesRequest struct {
	RouteTableId *string
	Routes       []*Route
}

type DeleteRoutesRequest CreateRoutesRequest

func NewClientWithSecretId(string, string, string) (*Client, error) { return nil, ErrNotBuilt }

func NewDescribeRouteTablesRequest() *DescribeRouteTablesRequest {
	return &DescribeRouteTablesRequest{}
}

func NewCreateRoutesRequest() *CreateRoutesRequest { return &CreateRoutesRequest{} }

func NewDeleteRoutesRequest() *DeleteRoutesRequest { return &DeleteRoutesRequest{} }

func (*Client) DescribeRouteTables(*DescribeRouteTablesRequest) (*DescribeRouteTablesResponse, error) {
	return nil, ErrNotBuilt
}

func (*Client) CreateRoutes(*CreateRoutesRequest) (any, error) { return nil, ErrNotBuilt }

func (*Client) DeleteRoutes(*DeleteRoutesRequest) (any, error) { return nil, ErrNotBuilt }
