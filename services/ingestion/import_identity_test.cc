// Goal: the same import is the same however it was cut, and nothing else is. Method: imports that
// differ in one thing each.
#include "services/ingestion/import_identity.h"

#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::ingestion {
namespace {

v1::ImportHeader Header(const std::string& profile, bool dry_run = false) {
  v1::ImportHeader header;
  header.set_profile_name(profile);
  header.set_dry_run(dry_run);
  return header;
}

TEST(ImportIdentityTest, ChunksOrderAndRequestIdDoNotMatter) {
  const std::string big(3 << 20, 'x');
  const std::string once = ImportIdentity(Header("p"), {{"a.csv", {big}}, {"b.csv", {"1"}}});
  v1::ImportHeader header = Header("p");
  header.set_request_id("5f0c2f5e-31a6-4b0c-8a0d-0c2f5e31a64b");
  EXPECT_EQ(
      ImportIdentity(
          header,
          {{"b.csv", {"1"}},
           {"a.csv", {big.substr(0, 5), "", big.substr(5, 1 << 20), big.substr(5 + (1 << 20))}}}),
      once);
}

TEST(ImportIdentityTest, EverythingElseDoes) {
  const std::vector<std::vector<UploadedFile>> uploads = {
      {},
      {{"a.csv", {}}},
      {{"a.csv", {"1"}}},
      {{"a.csv", {"2"}}},
      {{"b.csv", {"1"}}},
      {{"a.csv", {"1"}}, {"b.csv", {}}},
      {{"a.csv", {}}, {"b.csv", {"1"}}},
      {{"a.csv", {std::string(1 << 20, 'x')}}},
      {{"a.csv", {std::string(1 << 20, 'x'), "x"}}},
  };
  std::set<std::string> identities;
  for (const v1::ImportHeader& header : {Header("p"), Header("q"), Header("p", true)}) {
    for (const auto& files : uploads) identities.insert(ImportIdentity(header, files));
  }
  EXPECT_EQ(identities.size(), 3 * uploads.size());
}

}  // namespace
}  // namespace quotacast::ingestion
