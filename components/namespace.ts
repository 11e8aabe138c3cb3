import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import type { NamespaceSettings } from "../config/schema";
import { STACK_LABELS } from "./shared/labels";

/**
 * The Namespace that everything stands in, made or found.
 *
 * One that exists is only read: it is never in the stack's keeping, so that no destroy can delete it, and a missing
 * one fails the preview. Either way its name is an output that orders the rest after it.
 */
export function stackNamespace({ name, create, podSecurity }: NamespaceSettings): Namespace {
    return create
        ? new Namespace(name, {
              metadata: {
                  name,
                  labels: {
                      ...STACK_LABELS,
                      "app.kubernetes.io/name": name,
                      "app.kubernetes.io/component": "namespace",
                      "pod-security.kubernetes.io/enforce": podSecurity.enforce,
                      "pod-security.kubernetes.io/warn": podSecurity.warn,
                  },
              },
          })
        : Namespace.get(name, name);
}
