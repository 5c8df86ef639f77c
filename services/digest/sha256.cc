#include "services/digest/sha256.h"

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "base/string_views.h"
#include "openssl/evp.h"

namespace quotacast::digest {

std::string Sha256Hex(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int length = 0;
  // Fails only when the library itself is broken: there is no digest to go on with.
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) {
    std::abort();
  }
  return absl::BytesToHexString(
      AbslView(std::string_view(reinterpret_cast<const char*>(digest.data()), length)));
}

}  // namespace quotacast::digest
