"""Makes Debian's packaged rules_cc load under Debian's Bazel 4.2.3."""

def _patched_rules_cc_impl(ctx):
    ctx.execute(["cp", "-rL", "/usr/share/bazel/rules/cc/.", "."])

    # Bazel 4.2.3 lacks `use_cpp_toolchain`; the label it stands for works.
    ctx.execute([
        "sed",
        "-i",
        "-e",
        "s/, \"use_cpp_toolchain\"//",
        "-e",
        "s/use_cpp_toolchain()/[\"@bazel_tools\\/\\/tools\\/cpp:toolchain_type\"]/",
        "cc/private/rules_impl/compiler_flag.bzl",
        "cc/private/rules_impl/cc_flags_supplier.bzl",
    ])

patched_rules_cc = repository_rule(
    implementation = _patched_rules_cc_impl,
    doc = "Copies /usr/share/bazel/rules/cc and replaces a symbol Bazel 4.2.3 does not know.",
    local = True,
)
