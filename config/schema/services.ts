import * as z from "zod";
import { annotations, addedLabels } from "../types/labels";
import { enumType, listType } from "../types/values";
import { setting } from "./setting";

export const IP_FAMILIES = ["IPv4", "IPv6"] as const;

/** Settings of all Services of the stack. */
export const services = z.strictObject({
    ipFamilyPolicy: setting(
        enumType(["SingleStack", "PreferDualStack", "RequireDualStack"]).optional(),
        "IP families of each Service: one, two where the cluster has both, or always two. `RequireDualStack` fails in a cluster with one family.",
        { whenUnset: "that of the cluster, `SingleStack`" },
    ),
    ipFamilies: setting(
        listType(IP_FAMILIES).optional(),
        "IP families of each Service in the order of preference. Kubernetes does not change the first family of an existing Service.",
        { whenUnset: "the first family of the cluster" },
    ),
    labels: setting(addedLabels.default({}), "Labels of each Service, in addition to those of the stack."),
    annotations: setting(annotations.default({}), "Annotations of each Service."),
});
