// Segment's and RudderStack's server SDKs for Node.
import { installed, writeKey } from "./rapport.mjs";
import { tell, testStory } from "./story.mjs";

testStory("@segment/analytics-node", async (host, person) => {
  const { Analytics } = installed("@segment/analytics-node");
  const analytics = new Analytics({ writeKey, host, flushInterval: 200 });
  tell(analytics, person);
  await analytics.closeAndFlush();
});

testStory("@rudderstack/rudder-sdk-node", async (host, person) => {
  const Analytics = installed("@rudderstack/rudder-sdk-node");
  const analytics = new Analytics(writeKey, { dataPlaneUrl: host, flushInterval: 200 });
  tell(analytics, person);
  // A flush sends one batch; on an empty queue it waits for the batch under way.
  while (analytics.queue.length > 0) await analytics.flush();
  await analytics.flush();
});
