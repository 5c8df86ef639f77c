#include "tests/support/quotacast_server.h"

#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/ingestion_client.h"

namespace quotacast::tests {
namespace {

constexpr char kReadyPrefix[] = "listening on ";
constexpr size_t kChunkBytes = 256 << 10;

struct NamedFile {
  std::string name;
  std::string content;
};

absl::StatusOr<ingestion::v1::ImportFilesResponse> ImportFiles(
    const std::shared_ptr<grpc::Channel>& channel, const std::string& workspace_name,
    const std::string& profile_name, const std::vector<NamedFile>& files) {
  ingestion::v1::ImportHeader header;
  header.set_parent(workspace_name);
  header.set_profile_name(profile_name);
  size_t file = 0;
  size_t offset = 0;
  const auto next_chunk = [&](ingestion::v1::FileChunk& chunk) -> absl::StatusOr<bool> {
    if (file == files.size()) return false;
    chunk.set_file_name(files[file].name);
    chunk.set_data(files[file].content.substr(offset, kChunkBytes));
    offset += kChunkBytes;
    if (offset >= files[file].content.size()) {
      ++file;
      offset = 0;
    }
    return true;
  };
  return clients::IngestionClient(channel).ImportFiles(header, next_chunk);
}

}  // namespace

std::string QuotacastdPath() { return RunfilePath("services/quotacastd/quotacastd"); }

std::unique_ptr<QuotacastServer> QuotacastServer::Start(const std::vector<std::string>& flags) {
  std::vector<std::string> arguments = {"--listen", "127.0.0.1:0"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  std::unique_ptr<ChildProcess> process = ChildProcess::Start(QuotacastdPath(), arguments);
  const std::string line = process->ReadLine();
  if (line.rfind(kReadyPrefix, 0) != 0) {
    const ProgramResult result = process->Wait();
    std::fprintf(stderr, "quotacastd ended with code %d before it was ready:\n%s%s\n",
                 result.exit_code, line.c_str(), result.errors.c_str());
    return nullptr;
  }
  return std::unique_ptr<QuotacastServer>(
      new QuotacastServer(std::move(process), line.substr(sizeof(kReadyPrefix) - 1)));
}

QuotacastServer::QuotacastServer(std::unique_ptr<ChildProcess> process, std::string address)
    : process_(std::move(process)),
      address_(std::move(address)),
      channel_(clients::ConnectTo(address_)) {}

void QuotacastServer::BeginShutdown() { process_->Signal(SIGTERM); }

ProgramResult QuotacastServer::WaitForEnd() { return process_->Wait(); }

ProgramResult QuotacastServer::Shutdown() {
  BeginShutdown();
  return WaitForEnd();
}

absl::StatusOr<ingestion::v1::ImportFilesResponse> ImportFolder(
    const std::shared_ptr<grpc::Channel>& channel, const std::string& workspace_name,
    const std::string& profile_name, const std::string& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<NamedFile> files;
  for (const std::filesystem::path& path : paths) {
    files.push_back({path.filename().string(), ReadFileOrDie(path.string())});
  }
  return ImportFiles(channel, workspace_name, profile_name, files);
}

absl::StatusOr<ingestion::v1::ImportFilesResponse> ImportText(
    const std::shared_ptr<grpc::Channel>& channel, const std::string& workspace_name,
    const std::string& profile_name, const std::string& file_name, const std::string& content) {
  return ImportFiles(channel, workspace_name, profile_name, {{file_name, content}});
}

}  // namespace quotacast::tests
