package org.emoar.app;

import static org.junit.Assert.*;

import org.junit.Test;

public class WebAppTest {
  private static String asset(String path) {
    return WebApp.asset(WebApp.ORIGIN + path);
  }

  @Test
  public void addressesAreFiles() {
    assertEquals("web/index.html", asset(""));
    assertEquals("web/index.html", asset("/"));
    assertEquals("web/index.html", asset("/?from=a-link#/photo"));
    assertEquals("web/models/a-b.1.tflite", asset("/models/a-b.1.tflite"));
    assertEquals("web/a b/ü+.json", asset("/a%20b/%c3%BC+.json?x=/../y"));
  }

  @Test
  public void noAddressLeavesTheFolder() {
    String[] tricks = {
      "/../AndroidManifest.xml", "/models/../../x", "/%2e%2e/x", "/a/%2E./x", "/./x", "//etc/hosts", "/a//b", "/a/",
      "/a\\..\\b", "/%5c..%5cb", "/a%00.html", "/%", "/%2", "/%zz", "/%+1", "/é", "/..", "/%2e", "/a/%2f../b", "/a%2f..%2fb"
    };
    for (String path : tricks) assertNull(path, asset(path));
  }

  @Test
  public void otherOriginsHaveNoFiles() {
    String[] others = {
      "http://appassets.androidplatform.net/index.html", "https://appassets.androidplatform.net.example/x",
      "https://appassets.androidplatform.net:8443/x", "https://appassets.androidplatform.net@example.org/x",
      "https://example.org/https://appassets.androidplatform.net/x", "file:///android_asset/web/index.html",
      "content://org.emoar.app.files/1/x", "data:text/html,x", ""
    };
    for (String url : others) {
      assertNull(url, WebApp.asset(url));
      assertFalse(url, WebApp.isOurs(url));
    }
    assertTrue(WebApp.isOurs(WebApp.START));
  }

  @Test
  public void mediaTypesAreExact() {
    String[][] types = {
      {"index.html", "text/html"}, {"a.b.js", "text/javascript"}, {"a.css", "text/css"}, {"pack.json", "application/json"},
      {"m.webmanifest", "application/manifest+json"}, {"lib.wasm", "application/wasm"}, {"icon.svg", "image/svg+xml"},
      {"a.png", "image/png"}, {"a.jpg", "image/jpeg"}, {"a.webp", "image/webp"}, {"hat.glb", "model/gltf-binary"},
      {"f.woff2", "font/woff2"}, {"a.mp4", "video/mp4"}, {"a.webm", "video/webm"}, {"s.csv", "text/csv"},
      {"m.tflite", "application/octet-stream"}, {"noending", "application/octet-stream"}
    };
    for (String[] pair : types) assertEquals(pair[1], WebApp.mediaType(pair[0]));
    assertEquals("utf-8", WebApp.charset("text/javascript"));
    assertEquals("utf-8", WebApp.charset("application/json"));
    assertEquals("utf-8", WebApp.charset("image/svg+xml"));
    assertNull(WebApp.charset("application/wasm"));
  }

  @Test
  public void pagesMayLoadNothingFromElsewhere() {
    String policy = WebApp.headers().get("Content-Security-Policy");
    assertTrue(policy.startsWith("default-src 'none';"));
    assertFalse(policy, policy.contains("http") || policy.contains("*") || policy.contains("'unsafe-eval'"));
    assertEquals("nosniff", WebApp.headers().get("X-Content-Type-Options"));
    assertFalse("a web view is never isolated", WebApp.headers().containsKey("Cross-Origin-Embedder-Policy"));
  }
}
