package org.emoar.app;

import static org.junit.Assert.*;

import android.webkit.PermissionRequest;
import fake.Phone;
import org.junit.Test;

public class CameraTest extends Shell {
  private static final String CAMERA = "android.permission.CAMERA";
  private static final String GRANTED = "granted [android.webkit.resource.VIDEO_CAPTURE]";

  private void person(boolean allows) {
    if (allows) Phone.permissions.add(CAMERA);
    activity.onRequestPermissionsResult(CameraAccess.REQUEST, new String[] {CAMERA}, new int[] {allows ? 0 : -1});
  }

  private Request asks() {
    Request request = Request.camera();
    web().chrome.onPermissionRequest(request);
    return request;
  }

  @Test
  public void nothingIsAskedBeforeThePageWantsTheCamera() {
    assertTrue(Phone.asked.isEmpty());
    assertFalse(bridge().cameraBlocked());
  }

  @Test
  public void allowed() {
    Request request = asks();
    assertEquals("", request.answer);
    assertArrayEquals(new String[] {CAMERA}, Phone.asked.get(0));
    person(true);
    assertEquals(GRANTED, request.answer);
    assertEquals("once allowed, it is granted at once", GRANTED, asks().answer);
    assertEquals(1, Phone.asked.size());
  }

  @Test
  public void denied() {
    Request request = asks();
    Phone.rationale = true; // Android asks once more
    person(false);
    assertEquals("denied", request.answer);
    assertFalse(bridge().cameraBlocked());
    Request again = asks();
    assertEquals(2, Phone.asked.size());
    person(true);
    assertEquals(GRANTED, again.answer);
  }

  @Test
  public void deniedForGoodLeadsToTheSettings() {
    Request request = asks();
    person(false);
    assertEquals("denied", request.answer);
    assertTrue(bridge().cameraBlocked());
    bridge().openSettings();
    assertEquals("android.settings.APPLICATION_DETAILS_SETTINGS", Phone.opened.get(0).getAction());
    assertEquals("package:org.emoar.app", Phone.opened.get(0).getData().toString());
    Phone.permissions.add(CAMERA); // there
    assertFalse(bridge().cameraBlocked());
    assertEquals(GRANTED, asks().answer);
  }

  @Test
  public void anInterruptedQuestionIsNoRefusalForGood() {
    Request request = asks();
    activity.onRequestPermissionsResult(CameraAccess.REQUEST, new String[0], new int[0]);
    assertEquals("denied", request.answer);
    assertFalse(bridge().cameraBlocked());
  }

  @Test
  public void severalWhoWaitAreAskedAboutOnce() {
    Request first = asks();
    Request second = asks();
    assertEquals(1, Phone.asked.size());
    person(true);
    assertEquals(GRANTED, first.answer);
    assertEquals(GRANTED, second.answer);
  }

  @Test
  public void aWithdrawnRequestGetsNoAnswer() {
    Request request = asks();
    web().chrome.onPermissionRequestCanceled(request);
    person(true);
    assertEquals("", request.answer);
  }

  @Test
  public void thePageGetsTheCameraAlone() {
    String video = PermissionRequest.RESOURCE_VIDEO_CAPTURE;
    Request[] others = {
      new Request("https://example.org/", video),
      new Request(WebApp.ORIGIN + ".example/", video),
      new Request(WebApp.ORIGIN + "/", "android.webkit.resource.AUDIO_CAPTURE"),
      new Request(WebApp.ORIGIN + "/", video, "android.webkit.resource.AUDIO_CAPTURE"),
      new Request(WebApp.ORIGIN + "/")
    };
    Phone.permissions.add(CAMERA);
    for (Request request : others) {
      web().chrome.onPermissionRequest(request);
      assertEquals("denied", request.answer);
    }
  }
}
