import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { loadSettings } from "../../config/load";
import { RECEIVER_SECRET_SETTINGS, listReceiverSecrets } from "../../config/model/alertmanager";
import { stackSettings } from "../../config/schema/schema";
import { SECRET_SETTINGS, isValidSecret, isSecretKey, listSecretKeys } from "../../config/schema/secret-settings";
import { settingDocs } from "../../config/schema/setting";
import { ANY_NAME, listSettings } from "../../config/schema/setting-keys";
import { type Raw, getPath, isRecord } from "../../config/types/raw";
import { validate } from "../../config/validate";
import { readStackSettings, renderProgram, startMocks } from "../../tools/render/program";
import { EVERYTHING } from "../support/everything";
import { createTemporaryDirectory, getRejectionMessage, removeDirectory } from "../support/fake-commands";
import { parseSettings } from "../support/settings";

/** Settings with a value for each secret. */
const SETTINGS: Raw = {
    ...EVERYTHING,
    images: {
        ...EVERYTHING.images,
        credentials: { own: { registry: "registry.example", username: "robot", password: "text" } },
    },
};
const SECRET_KEYS = SECRET_SETTINGS.flatMap((secret) => listSecretKeys(SETTINGS, secret));

/** Names of settings that are not secret, although they look so. */
const PUBLIC_NAMES =
    /(?:secretName|SecretName|secretHeaderKeys|pullSecrets|allowSecretsOverHttp|PasswordVersion)$|^secureOtlp\.(?:auth|token)\b/;

/** Returns the settings with other values of the secrets. */
function replaceSecrets(replace: (key: string) => unknown, keys: readonly string[] = SECRET_KEYS): Raw {
    const visit = (value: unknown, key: string): unknown =>
        keys.includes(key)
            ? replace(key)
            : isRecord(value)
              ? Object.fromEntries(
                    Object.entries(value).map(([name, child]) => [name, visit(child, key ? `${key}.${name}` : name)]),
                )
              : value;
    return visit(SETTINGS, "") as Raw;
}

/** A valid value that occurs nowhere else. */
function createCanary(key: string): string {
    const mark = `canary-${SECRET_KEYS.indexOf(key)}-end`;
    const [canary] = [`InstrumentationKey=${mark}`, `https://hooks.example.com/${mark}`].filter((text) =>
        isValidSecret(key, text),
    );
    return canary ?? assert.fail(key);
}

/** Returns a value without all that Pulumi would encrypt. */
function removeSecrets(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(removeSecrets);
    }
    if (!isRecord(value) || "4dabf18193072939515e22adb298388d" in value) {
        return isRecord(value) ? "[secret]" : value;
    }
    return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, removeSecrets(child)]));
}

/** What the program says of settings: its log, and its error. */
async function listMessages(settings: Raw): Promise<string> {
    const messages: string[] = [];
    const { log, warn } = console;
    console.log = console.warn = (line: string) => messages.push(line);
    try {
        await startMocks(settings);
        loadSettings();
    } catch (error) {
        messages.push(String(error));
    } finally {
        Object.assign(console, { log, warn });
    }
    return messages.join("\n");
}

describe("secret settings", () => {
    it("are all settings whose description or name says so", () => {
        const found = listSettings(stackSettings).filter(
            ([key, schema]) =>
                settingDocs.get(schema)?.description.includes("--secret") === true ||
                (/password|secret|token|credential|connectionString|routingKey|apiKey|webhook\.url/i.test(
                    key.replace(/^images\.credentials\.\*\.(?:registry|username)$/, ""),
                ) &&
                    !PUBLIC_NAMES.test(key)),
        );
        assert.deepEqual(
            found.map(([key]) => key),
            SECRET_SETTINGS.map(({ key }) => key),
        );
        assert.ok(found.length > 0);
    });

    it("have a value in the settings of this test", () => {
        for (const secret of SECRET_SETTINGS) {
            assert.notDeepEqual(listSecretKeys(SETTINGS, secret), [], secret.key);
        }
        assert.deepEqual(listSecretKeys({ destinations: { a: {} } }, SECRET_SETTINGS[0] ?? assert.fail()), []);
    });

    it("are those of the Secrets of alert receivers", () => {
        const { receivers } = parseSettings(SETTINGS).alertmanager;
        const read = listReceiverSecrets(receivers.vendor ?? assert.fail()).map(({ setting }) => setting);
        assert.deepEqual(read, RECEIVER_SECRET_SETTINGS);
    });

    it("reach the cluster in Secrets only, and Pulumi's state encrypted", async () => {
        const { program, recorder } = await renderProgram(replaceSecrets(createCanary));
        const open = JSON.stringify([program, removeSecrets(recorder.resources)]);
        assert.doesNotMatch(open, /canary/);
        const others = recorder.manifests.filter(({ kind }) => kind !== "Secret");
        assert.doesNotMatch(JSON.stringify(others), /canary/);
        const secrets = JSON.stringify(recorder.manifests.filter(({ kind }) => kind === "Secret"));
        for (const key of SECRET_KEYS) {
            assert.ok(secrets.includes(createCanary(key)), key);
        }
    });

    for (const key of SECRET_KEYS) {
        it(`hide an invalid ${key}`, async () => {
            const messages = await listMessages(replaceSecrets(() => " s3cret\n", [key]));
            assert.match(messages, /have 1 error/);
            assert.doesNotMatch(messages, /s3cret/);
        });

        it(`hide a ${key} that was set without --path`, async () => {
            const messages = await listMessages({ [key]: "s3cret" });
            assert.match(messages, /pulumi config set --secret --path /);
            assert.doesNotMatch(messages, /s3cret/);
        });

        it(`hide a misspelt section of ${key}`, async () => {
            const misspelt = `x${key}`;
            assert.ok(isSecretKey(misspelt));
            assert.doesNotMatch(await listMessages({ [misspelt]: "s3cret" }), /s3cret/);
        });
    }

    it("cause a warning where they are always secret and not encrypted", async () => {
        const messages = await listMessages(SETTINGS);
        for (const secret of SECRET_SETTINGS) {
            for (const key of listSecretKeys(SETTINGS, secret)) {
                assert.equal(messages.includes(`${key} is not encrypted`), secret.isAlwaysSecret, key);
            }
        }
    });

    it("do not include other settings", () => {
        for (const [key] of listSettings(stackSettings)) {
            const isSecret = SECRET_SETTINGS.some((secret) => secret.key === key);
            assert.equal(isSecretKey(key.replaceAll(ANY_NAME, "vendor")), isSecret, key);
        }
    });
});

describe("readStackSettings with encrypted secrets", () => {
    let work: string;

    before(() => {
        work = createTemporaryDirectory();
    });

    after(() => {
        removeDirectory(work);
    });

    const read = (settings: Raw): Raw => {
        const config = Object.fromEntries(
            Object.entries(settings).map(([name, value]) => [`otel-stack:${name}`, value] as const),
        );
        fs.writeFileSync(path.join(work, "Pulumi.mine.yaml"), JSON.stringify({ config }));
        return readStackSettings("mine", work);
    };

    for (const key of SECRET_KEYS.filter((name) => !name.endsWith(".url"))) {
        it(`accepts ${key}`, () => {
            const settings = read(replaceSecrets(() => ({ secure: "v1:abc" }), [key]));
            assert.deepEqual(validate(settings).issues, undefined);
        });
    }

    for (const key of SECRET_KEYS.filter((name) => name.endsWith(".url"))) {
        const encrypted = replaceSecrets(() => ({ secure: "v1:abc" }), [key]);
        const receiver = key.split(".").slice(0, 3).join(".");

        it(`accepts ${key} where no NetworkPolicy has its port`, () => {
            const settings = read({ alertmanager: encrypted.alertmanager });
            assert.deepEqual(validate(settings).issues, undefined);
            assert.equal(typeof getPath(settings, key.split(".")), "string");
        });

        it(`rejects ${key} where a NetworkPolicy has its port, and names the setting that helps`, async () => {
            const message = await getRejectionMessage(Promise.resolve().then(() => read(encrypted)));
            assert.match(
                message,
                new RegExp(`^otel-stack:${key} is encrypted .*; set otel-stack:${receiver}\\.egress\\.port$`),
            );
        });
    }

    it("accepts a URL where the port of the NetworkPolicy is set", () => {
        const url = { secure: "v1:abc" };
        const receivers = { oncall: { slack: { url }, egress: { port: 443 } } };
        const settings = read({ networkPolicies: { enabled: true }, alertmanager: { enabled: true, receivers } });
        assert.deepEqual(validate(settings).issues, undefined);
    });
});
