import * as z from "zod";
import { customListType } from "./values";

function isCidr(value: unknown): value is string {
    return z.union([z.cidrv4(), z.cidrv6()]).safeParse(value).success;
}

/** For a NetworkPolicy, in which an empty list of CIDRs allows every address. */
export const nonEmptyCidrs = customListType(
    "list of CIDRs",
    "a list of at least one CIDR, such as [203.0.113.0/24]",
    isCidr,
    1,
);

export const cidrs = customListType("list of CIDRs", "a list of CIDRs, such as [169.254.20.10/32]", isCidr);
