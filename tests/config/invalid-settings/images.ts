import type { InvalidSettings } from "./types";
import { nestSetting } from "../../support/settings-path";

const MIRROR = { registry: "mirror.example.com", username: "robot", password: "text" };
const CREDENTIALS = "images.credentials";

const rejected: readonly [string, unknown][] = [
    ["images.registry", "https://mirror.example.com"],
    ["images.registry", "mirror.example.com/"],
    ["images.registry", "mirror"],
    ["images.registry", "mirror.example.com/Hub"],
    ["images.registry", "mirror.example.com:latest"],
    ["images.pullPolicy", "always"],
    ["images.pullSecrets", "registry"],
    ["images.credentials", [MIRROR]],
];

/** Settings of images that are rejected. */
export const invalidImages: readonly InvalidSettings[] = [
    ...rejected.map(([key, value]) => ({
        about: `${key}: ${JSON.stringify(value)}`,
        raw: nestSetting(key, value),
        key,
    })),
    {
        about: "the name of a pull Secret with a capital letter",
        raw: { images: { pullSecrets: ["Registry"] } },
        key: "images.pullSecrets.0",
    },
    {
        about: "credentials whose name is that of a registry",
        raw: { images: { credentials: { "mirror.example.com": MIRROR } } },
        key: `${CREDENTIALS}.mirror.example.com`,
    },
    {
        about: "credentials for no registry",
        raw: { images: { credentials: { mirror: { username: "robot", password: "text" } } } },
        key: `${CREDENTIALS}.mirror.registry`,
    },
    {
        about: "credentials for a registry with a path",
        raw: { images: { credentials: { mirror: { ...MIRROR, registry: "mirror.example.com/hub" } } } },
        key: `${CREDENTIALS}.mirror.registry`,
    },
    {
        about: "credentials without a user name",
        raw: { images: { credentials: { mirror: { registry: "a.example", password: "text" } } } },
        key: `${CREDENTIALS}.mirror.username`,
    },
    {
        about: "credentials without a password",
        raw: { images: { credentials: { mirror: { registry: "a.example", username: "robot" } } } },
        key: `${CREDENTIALS}.mirror.password`,
    },
    {
        about: "a user name that would end at its colon",
        raw: { images: { credentials: { mirror: { ...MIRROR, username: "a:b" } } } },
        key: `${CREDENTIALS}.mirror.username`,
    },
    {
        about: "two credentials for one registry",
        raw: {
            images: { registry: MIRROR.registry, credentials: { a: MIRROR, b: { ...MIRROR, registry: undefined } } },
        },
        key: CREDENTIALS,
    },
    {
        about: "an unknown key of credentials",
        raw: { images: { credentials: { mirror: { ...MIRROR, server: "a.example" } } } },
        key: `${CREDENTIALS}.mirror.server`,
    },
];
