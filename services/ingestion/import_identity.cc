#include "services/ingestion/import_identity.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/digest/sha256.h"

namespace quotacast::ingestion {
namespace {

constexpr size_t kWindowBytes = 1 << 20;

// Digests of the file's MiBs, however it was cut.
std::string FileIdentity(const UploadedFile& file) {
  std::string digests;
  std::string window;
  for (const std::string& chunk : file.chunks) {
    std::string_view rest = chunk;
    while (!rest.empty()) {
      const size_t taken = std::min(rest.size(), kWindowBytes - window.size());
      window.append(rest.substr(0, taken));
      rest.remove_prefix(taken);
      if (window.size() < kWindowBytes) continue;
      digests += digest::Sha256Hex(window);
      window.clear();
    }
  }
  return digests + digest::Sha256Hex(window);
}

}  // namespace

std::string ImportIdentity(const v1::ImportHeader& header, const std::vector<UploadedFile>& files) {
  v1::ImportHeader content = header;
  content.clear_request_id();
  // The order of the files does not matter.
  std::map<std::string, std::string> identities;
  for (const UploadedFile& file : files) identities[file.name] = FileIdentity(file);
  std::string identity = digest::Sha256Hex(content.SerializeAsString());
  for (const auto& [name, digests] : identities) {
    absl::StrAppend(&identity, " ", name.size(), ":", name, " ", digest::Sha256Hex(digests));
  }
  return identity;
}

}  // namespace quotacast::ingestion
