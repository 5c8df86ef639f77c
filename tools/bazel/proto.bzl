"""Generates C++ from our protos: messages and gRPC stubs as separate targets.

Cores depend on messages only, so that no core can link gRPC by way of a schema.
"""

load("@rules_cc//cc:defs.bzl", "cc_library")

_PROTO_PATH = "-I protos -I external/google_protos -I external/grpc_protos -I /usr/include"
_SCHEMAS = ["@google_protos//:protos", "@grpc_protos//:health"]

def _cc_outs(srcs, suffix):
    outs = []
    for src in srcs:
        stem = src[:-len(".proto")]
        outs += [stem + suffix + ".cc", stem + suffix + ".h"]
    return outs

def _library(name, outs, deps, **kwargs):
    cc_library(
        name = name,
        srcs = [o for o in outs if o.endswith(".cc")],
        hdrs = [o for o in outs if o.endswith(".h")],
        deps = deps,
        **kwargs
    )

def messages(name, srcs, deps = [], **kwargs):
    """C++ messages of `srcs`.

    Args:
      name: the cc_library's name.
      srcs: .proto files below //protos.
      deps: messages targets that `srcs` import, //protos:google_messages for google.* ones.
      **kwargs: passed to the cc_library (visibility).
    """
    outs = _cc_outs(srcs, ".pb")
    native.genrule(
        name = name + "_gen",
        srcs = [":schemas"] + _SCHEMAS,
        outs = outs,
        cmd = "protoc %s --cpp_out=$(BINDIR)/protos %s" % (
            _PROTO_PATH,
            " ".join(["protos/" + s for s in srcs]),
        ),
    )
    _library(
        name,
        outs,
        deps + ["//tools/bazel/deps:protobuf"],
        strip_include_prefix = "/protos",
        **kwargs
    )

def stubs(name, srcs, deps, **kwargs):
    """gRPC stubs and service bases of `srcs`; `deps` names their messages target.

    Args:
      name: the cc_library's name.
      srcs: .proto files below //protos that declare services.
      deps: the messages targets of `srcs`.
      **kwargs: passed to the cc_library (visibility).
    """
    outs = _cc_outs(srcs, ".grpc.pb")
    native.genrule(
        name = name + "_gen",
        srcs = [":schemas"] + _SCHEMAS,
        outs = outs,
        cmd = "protoc %s --plugin=protoc-gen-grpc=/usr/bin/grpc_cpp_plugin --grpc_out=$(BINDIR)/protos %s" % (
            _PROTO_PATH,
            " ".join(["protos/" + s for s in srcs]),
        ),
    )
    _library(
        name,
        outs,
        deps + ["//tools/bazel/deps:grpcpp"],
        strip_include_prefix = "/protos",
        **kwargs
    )

def installed_messages(name, files, root, **kwargs):
    """C++ messages of installed third-party schemas (google.*, grpc.health.v1).

    Args:
      name: the cc_library's name.
      files: schema paths without the .proto ending, relative to `root`.
      root: the folder below the execution root that holds them.
      **kwargs: passed to the cc_library (visibility).
    """
    outs = _cc_outs([f + ".proto" for f in files], ".pb")
    native.genrule(
        name = name + "_gen",
        srcs = _SCHEMAS,
        outs = outs,
        cmd = "protoc -I %s -I /usr/include --cpp_out=$(@D) %s" % (
            root,
            " ".join(["%s/%s.proto" % (root, f) for f in files]),
        ),
    )
    _library(
        name,
        outs,
        ["//tools/bazel/deps:protobuf"],
        strip_include_prefix = "/protos",
        **kwargs
    )
