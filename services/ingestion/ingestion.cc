#include "services/ingestion/ingestion.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "services/ingestion/converters.h"
#include "services/ingestion/dry_run_log.h"
#include "services/ingestion/import_identity.h"
#include "services/ingestion/importer.h"
#include "services/ingestion/quarantine_operations.h"
#include "services/ingestion/request_ids.h"
#include "services/ingestion/shipped_profiles.h"

namespace quotacast::ingestion {
namespace {

// Waits are cut into pieces of this length, after each of which cancellation is looked at.
constexpr absl::Duration kCancelCheckPause = absl::Milliseconds(50);
constexpr size_t kMaxFileNameBytes = 255;
// When another import is likely to have ended.
constexpr absl::Duration kOverloadRetry = absl::Seconds(5);

absl::Status Reasoned(absl::Status status, std::string_view reason) {
  ErrorDetail detail;
  detail.reason = std::string(reason);
  return WithDetail(std::move(status), detail);
}

absl::Status TooLarge(std::string_view what, size_t limit) {
  return Reasoned(
      absl::ResourceExhaustedError(absl::StrCat("the import is beyond the limit of ", limit, " ",
                                                AbslView(what), "; send it in several imports")),
      "IMPORT_TOO_LARGE");
}

// The paths inside a profile as paths inside the request.
absl::Status WithFieldPrefix(const absl::Status& status, const std::string& prefix) {
  ErrorDetail detail = GetDetail(status).value_or(ErrorDetail());
  for (FieldViolation& violation : detail.field_violations) {
    // "profile" stands for the text as a whole.
    violation.field =
        violation.field == "profile" ? prefix : absl::StrCat(prefix, ".", violation.field);
  }
  return WithDetail(absl::Status(status.code(), status.message()), detail);
}

absl::StatusOr<ImportProfile> ProfileOf(const v1::ImportHeader& header) {
  switch (header.profile_case()) {
    case v1::ImportHeader::kProfileName: {
      const std::optional<std::string_view> text = ShippedProfileText(header.profile_name());
      if (text.has_value()) return ParseImportProfile(*text, ShippedProfileText);
      std::string names;
      for (const std::string_view name : ShippedProfileNames()) {
        absl::StrAppend(&names, names.empty() ? "" : ", ", AbslView(name));
      }
      ErrorDetail detail;
      detail.reason = "UNKNOWN_PROFILE";
      detail.field_violations.push_back(
          {"header.profile_name", absl::StrCat("no shipped profile is called \"",
                                               header.profile_name(), "\"; there are: ", names)});
      return WithDetail(absl::InvalidArgumentError(detail.field_violations.front().description),
                        detail);
    }
    case v1::ImportHeader::kProfileText: {
      absl::StatusOr<ImportProfile> profile =
          ParseImportProfile(header.profile_text(), ShippedProfileText);
      if (profile.ok()) return profile;
      return WithFieldPrefix(profile.status(), "header.profile_text");
    }
    case v1::ImportHeader::PROFILE_NOT_SET:
      break;
  }
  return InvalidField("header.profile", "is missing: name a shipped profile or send one's text");
}

ImportOptions OptionsAt(absl::Time now) {
  ImportOptions options;
  options.now = now;
  options.today = absl::ToCivilDay(now, absl::UTCTimeZone());
  options.snapshot_day = options.today;
  return options;
}

absl::StatusOr<v1::ImportFilesResponse> RunImport(eventlog::EventLog& log,
                                                  std::string_view workspace,
                                                  const v1::ImportHeader& header,
                                                  const ImportProfile& profile,
                                                  std::vector<UploadedFile> files, absl::Time now,
                                                  const std::function<bool()>& cancelled) {
  ImportOptions options = OptionsAt(now);
  options.profile_text = header.profile_text();
  if (header.has_snapshot_date()) {
    QC_ASSIGN_OR_RETURN(options.snapshot_day, FromProtoDate(header.snapshot_date()));
  }
  if (!header.dry_run()) {
    return ImportUploadedFiles(log, workspace, profile, std::move(files), options, cancelled);
  }
  QC_ASSIGN_OR_RETURN(DryRunLog dry_run_log, DryRunLog::Create(log, std::string(workspace), now));
  QC_ASSIGN_OR_RETURN(
      v1::ImportFilesResponse response,
      ImportUploadedFiles(dry_run_log, workspace, profile, std::move(files), options, cancelled));
  response.set_dry_run(true);
  return response;
}

bool IsBaseName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxFileNameBytes && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\\\0", 3)) == std::string_view::npos;
}

}  // namespace

Ingestion::Ingestion(eventlog::EventLog& log, const Clock& clock, const IngestionOptions& options)
    : log_(log), clock_(clock), options_(options), requests_(log, clock) {}

ImportSession Ingestion::StartImport() { return ImportSession(*this); }

v1::ListProfilesResponse Ingestion::ListProfiles() const {
  v1::ListProfilesResponse response;
  for (const std::string_view name : ShippedProfileNames()) {
    const std::string_view text = ShippedProfileText(name).value_or("");
    // Shipped profiles are valid; shipped_profiles_test parses each.
    const absl::StatusOr<ImportProfile> parsed = ParseImportProfile(text, ShippedProfileText);
    v1::ImportProfile& profile = *response.add_profiles();
    profile.set_name(std::string(name));
    profile.set_toml(std::string(text));
    if (parsed.ok()) profile.set_description(parsed->description);
  }
  return response;
}

absl::Status Ingestion::Enter(std::string_view workspace, const std::function<bool()>& cancelled) {
  std::unique_lock<std::mutex> lock(mu_);
  while (busy_workspaces_.count(workspace) > 0) {
    if (cancelled()) return absl::CancelledError("the import was cancelled");
    workspace_free_.wait_for(lock, absl::ToChronoMilliseconds(kCancelCheckPause));
  }
  busy_workspaces_.emplace(workspace);
  return absl::OkStatus();
}

void Ingestion::Leave(std::string_view workspace) {
  {
    const std::lock_guard<std::mutex> lock(mu_);
    busy_workspaces_.erase(std::string(workspace));
  }
  workspace_free_.notify_all();
}

absl::StatusOr<v1::ListQuarantinedRowsResponse> Ingestion::ListQuarantinedRows(
    std::string_view workspace, const v1::ListQuarantinedRowsRequest& request) const {
  return ingestion::ListQuarantinedRows(log_, workspace, request);
}

absl::StatusOr<v1::ReplayQuarantinedRowsResponse> Ingestion::ReplayQuarantinedRows(
    std::string_view workspace, const v1::ReplayQuarantinedRowsRequest& request,
    const std::function<bool()>& cancelled) {
  QC_RETURN_IF_ERROR(Enter(workspace, cancelled));
  absl::StatusOr<v1::ReplayQuarantinedRowsResponse> response = ingestion::ReplayQuarantinedRows(
      log_, workspace, request, OptionsAt(clock_.Now()), cancelled);
  Leave(workspace);
  return response;
}

absl::StatusOr<v1::DiscardQuarantinedRowsResponse> Ingestion::DiscardQuarantinedRows(
    std::string_view workspace, const v1::DiscardQuarantinedRowsRequest& request,
    const std::function<bool()>& cancelled) {
  QC_RETURN_IF_ERROR(Enter(workspace, cancelled));
  absl::StatusOr<v1::DiscardQuarantinedRowsResponse> response =
      ingestion::DiscardQuarantinedRows(log_, workspace, request);
  Leave(workspace);
  return response;
}

absl::StatusOr<v1::ImportFilesResponse> Ingestion::Import(std::string_view workspace,
                                                          const v1::ImportHeader& header,
                                                          const ImportProfile& profile,
                                                          std::vector<UploadedFile> files,
                                                          const std::function<bool()>& cancelled) {
  // A dry run leaves no trace, so there is nothing to remember of it either.
  if (header.request_id().empty() || header.dry_run()) {
    return ImportInTurn(workspace, header, profile, std::move(files), cancelled);
  }
  absl::StatusOr<RequestTurn> turn =
      requests_.Enter(workspace, header.request_id(), ImportIdentity(header, files), cancelled);
  if (!turn.ok()) return WithFieldPrefix(turn.status(), "header");
  v1::ImportFilesResponse response;
  if (turn->earlier_response().has_value()) {
    if (response.ParseFromString(*turn->earlier_response())) return response;
    return absl::InternalError(absl::StrCat("the answer kept for request ", header.request_id(),
                                            " cannot be read; send the import without it"));
  }
  QC_ASSIGN_OR_RETURN(response,
                      ImportInTurn(workspace, header, profile, std::move(files), cancelled));
  const std::string bytes = response.SerializeAsString();
  const eventlog::RecordWrite record =
      turn->Remember([bytes](absl::Span<const eventlog::AppendResult>) { return bytes; });
  QC_RETURN_IF_ERROR(log_.Append(workspace, {}, {&record, 1}).status());
  return response;
}

absl::StatusOr<v1::ImportFilesResponse> Ingestion::ImportInTurn(
    std::string_view workspace, const v1::ImportHeader& header, const ImportProfile& profile,
    std::vector<UploadedFile> files, const std::function<bool()>& cancelled) {
  QC_RETURN_IF_ERROR(Enter(workspace, cancelled));
  absl::StatusOr<v1::ImportFilesResponse> response =
      RunImport(log_, workspace, header, profile, std::move(files), clock_.Now(), cancelled);
  Leave(workspace);
  return response;
}

ImportSession::~ImportSession() { ingestion_.buffered_bytes_.fetch_sub(byte_count_); }

absl::Status ImportSession::Add(const v1::ImportFilesRequest& request) {
  switch (request.part_case()) {
    case v1::ImportFilesRequest::kHeader:
      return TakeHeader(request.header());
    case v1::ImportFilesRequest::kChunk:
      return TakeChunk(request.chunk());
    case v1::ImportFilesRequest::PART_NOT_SET:
      break;
  }
  return InvalidField("part", "is missing: a message holds the header or a chunk");
}

absl::Status ImportSession::TakeHeader(const v1::ImportHeader& header) {
  if (profile_.has_value()) return InvalidField("part", "is a second header; one is enough");
  if (header.has_snapshot_date()) {
    const absl::StatusOr<absl::CivilDay> day = FromProtoDate(header.snapshot_date());
    if (!day.ok()) {
      return InvalidField("header.snapshot_date", StdView(day.status().message()));
    }
  }
  QC_ASSIGN_OR_RETURN(profile_, ProfileOf(header));
  header_ = header;
  return absl::OkStatus();
}

absl::Status ImportSession::TakeChunk(const v1::FileChunk& chunk) {
  if (!profile_.has_value()) return InvalidField("part", "is a chunk; the header comes first");
  if (!IsBaseName(chunk.file_name())) {
    return InvalidField("chunk.file_name",
                        absl::StrCat("\"", chunk.file_name(), "\" is no base name of 1 to ",
                                     kMaxFileNameBytes, " bytes"));
  }
  if (chunk.data().size() > kMaxChunkBytes) {
    return InvalidField("chunk.data", absl::StrCat("has ", chunk.data().size(),
                                                   " bytes; the limit is ", kMaxChunkBytes));
  }
  const IngestionOptions& options = ingestion_.options_;
  if (files_.empty() || files_.back().name != chunk.file_name()) {
    if (!file_names_.insert(chunk.file_name()).second) {
      return InvalidField("chunk.file_name",
                          absl::StrCat("\"", chunk.file_name(),
                                       "\" came before another file; the chunks of a file follow "
                                       "each other, and names are unique"));
    }
    if (files_.size() >= options.max_import_files) {
      return TooLarge("files", options.max_import_files);
    }
    files_.push_back({chunk.file_name(), {}});
  }
  if (byte_count_ + chunk.data().size() > options.max_import_bytes) {
    return TooLarge("bytes", options.max_import_bytes);
  }
  byte_count_ += chunk.data().size();
  if (ingestion_.buffered_bytes_.fetch_add(chunk.data().size()) + chunk.data().size() >
      options.max_buffered_bytes) {
    return Overloaded(absl::StrCat("the imports under way hold the limit of ",
                                   options.max_buffered_bytes, " bytes"),
                      kOverloadRetry);
  }
  AppendChunk(files_.back(), chunk.data(), kMaxChunkBytes);
  return absl::OkStatus();
}

absl::StatusOr<v1::ImportFilesResponse> ImportSession::Finish(
    std::string_view workspace, const std::function<bool()>& cancelled) {
  if (!profile_.has_value()) return InvalidField("header", "is missing: it is the first message");
  if (cancelled()) return absl::CancelledError("the import was cancelled");
  return ingestion_.Import(workspace, header_, *profile_, std::move(files_), cancelled);
}

}  // namespace quotacast::ingestion
