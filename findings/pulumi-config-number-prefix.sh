#!/usr/bin/env bash
# Pulumi's Config.requireNumber takes the digits at the beginning and forgets the rest: "1_000" is 1, "0x10" is 0, "30s" is 30.
#
# Guess:    what is no number as a whole is an error ("is not a valid number"); 1_000 and 0x10 are 1000 and 16, or errors.
# Seen:     no error: 1, 0 and 30, also "512Mi" as 512, "2,5" as 2 and an account number of 20 digits as another number.
#           requireObject on the same key is an error for each of them but the last.
# Versions: @pulumi/pulumi 3.276.0 (npm)
# Source:   sdk/nodejs/config.ts: parseFloat, and an error for NaN alone
# Matters:  "pulumi config set limit 512Mi" is accepted by a program that wants a number of bytes. The stack reads its settings by
#           schemas of its own, which refuse these.
. "$(dirname "$0")/lib.sh"

install_npm @pulumi/pulumi@3.276.0 typescript@5.9.3

cat >config.cjs <<'JS'
const { Config, runtime } = require("@pulumi/pulumi");
for (const text of ["1_000", "0x10", "30s", "512Mi", "2,5", "12345678901234567890"]) {
    runtime.setAllConfig({ "project:key": text });
    let object;
    try {
        object = new Config("project").requireObject("key");
    } catch {
        object = "error";
    }
    console.log(`${text}: requireNumber ${new Config("project").requireNumber("key")}, requireObject ${object}`);
}
JS
node config.cjs >seen

expect seen <<'END'
1_000: requireNumber 1, requireObject error
0x10: requireNumber 0, requireObject error
30s: requireNumber 30, requireObject error
512Mi: requireNumber 512, requireObject error
2,5: requireNumber 2, requireObject error
12345678901234567890: requireNumber 12345678901234567000, requireObject 12345678901234567000
END
