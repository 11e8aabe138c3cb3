#!/usr/bin/env bash
# kubectl apply confuses two ports of one number: a change of 53/TCP changes 53/UDP, and removing one removes both.
#
# Guess:    ports are distinguished by number and protocol, as the API server demands unique pairs and server-side apply does.
# Seen:     the strategic merge patch of kubectl apply knows the number alone. A new target of the TCP port becomes that of
#           the UDP port; removing the TCP port leaves no port; adding it changes nothing. No error anywhere.
# Versions: k8s.io/apimachinery v0.37.2, k8s.io/api v0.37.2
# Source:   k8s.io/api/core/v1, types.go: patchMergeKey=port (containerPort for containers), beside listMapKey=protocol, which
#           server-side apply alone reads; kubernetes/kubernetes#39188
# Matters:  DNS, syslog or StatsD by UDP and TCP on one number. Server-side apply, Pulumi's default, distinguishes them.
. "$(dirname "$0")/lib.sh"

cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

const (
	udp    = `{"name":"dns","port":53,"protocol":"UDP","targetPort":53}`
	tcp    = `{"name":"dns-tcp","port":53,"protocol":"TCP","targetPort":53}`
	newTCP = `{"name":"dns-tcp","port":53,"protocol":"TCP","targetPort":5353}`
)

func service(ports string) []byte {
	return []byte(`{"spec":{"ports":[` + ports + `]}}`)
}

// apply does what kubectl apply does with a Service that has the ports of before.
func apply(title, before, after string) {
	meta, err := strategicpatch.NewPatchMetaFromStruct(corev1.Service{})
	if err != nil {
		panic(err)
	}
	patch, err := strategicpatch.CreateThreeWayMergePatch(service(before), service(after), service(before), meta, true)
	if err != nil {
		panic(err)
	}
	result, err := strategicpatch.StrategicMergePatch(service(before), patch, corev1.Service{})
	if err != nil {
		panic(err)
	}
	var object corev1.Service
	if err := json.Unmarshal(result, &object); err != nil {
		panic(err)
	}
	fmt.Print(title, ":")
	for _, port := range object.Spec.Ports {
		fmt.Printf(" %s to %s", port.Protocol, port.TargetPort.String())
	}
	fmt.Println()
}

func main() {
	apply("TCP port to 5353", udp+","+tcp, udp+","+newTCP)
	apply("without TCP port", udp+","+tcp, udp)
	apply("with TCP port", udp, udp+","+tcp)
}
GO
build_go patch k8s.io/apimachinery@v0.37.2 k8s.io/api@v0.37.2
./patch >seen

expect seen <<'END'
TCP port to 5353: UDP to 5353 TCP to 53
without TCP port:
with TCP port: UDP to 53
END
