package org.emoar.app;

import static org.junit.Assert.*;

import android.app.Activity;
import android.content.ClipData;
import android.content.Intent;
import android.net.Uri;
import fake.Phone;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

public class FileChooserTest extends Shell {
  private static final String CAMERA = "android.permission.CAMERA";
  private final List<Uri[]> answers = new ArrayList<>();

  private void page(boolean capture, int mode, String... types) {
    assertTrue(web().chrome.onShowFileChooser(web(), answers::add, wanted(capture, mode, types)));
  }

  private void returns(int result, Intent data) {
    activity.onActivityResult(Phone.requests.get(Phone.requests.size() - 1), result, data);
  }

  @Test
  public void picturesAreChosen() {
    page(false, 1, "image/*", ".heic");
    Intent intent = Phone.opened.get(0);
    assertEquals(Intent.ACTION_GET_CONTENT, intent.getAction());
    assertEquals("image/*", intent.type);
    assertEquals(true, intent.extras.get(Intent.EXTRA_ALLOW_MULTIPLE));
    Intent data = new Intent("");
    Uri first = Uri.parse("content://gallery/1");
    Uri second = Uri.parse("content://gallery/2");
    data.setClipData(ClipData.newRawUri(null, first).with(second));
    returns(Activity.RESULT_OK, data);
    assertArrayEquals(new Uri[] {first, second}, answers.get(0));
  }

  @Test
  public void onePictureIsChosen() {
    page(false, 0, ".heic");
    assertEquals("*/*", Phone.opened.get(0).type);
    assertEquals(false, Phone.opened.get(0).extras.get(Intent.EXTRA_ALLOW_MULTIPLE));
    Uri uri = Uri.parse("content://gallery/1");
    returns(Activity.RESULT_OK, new Intent("", uri));
    assertArrayEquals(new Uri[] {uri}, answers.get(0));
  }

  @Test
  public void choosingNothingIsAnswered() {
    page(false, 1, "image/*");
    returns(Activity.RESULT_CANCELED, null);
    page(false, 1, "image/*");
    returns(Activity.RESULT_OK, null);
    page(false, 1, "image/*");
    page(false, 1, "image/*"); // the earlier one has to be answered, or the page can never choose again
    assertEquals(3, answers.size());
    for (Uri[] answer : answers) assertNull(answer);
  }

  @Test
  public void withoutAnAppForFilesThePersonIsTold() {
    Phone.absentActions.add(Intent.ACTION_GET_CONTENT);
    page(false, 1, "image/*");
    Phone.idle();
    assertNull(answers.get(0));
    assertEquals("no_app", Phone.toasts.get(0));
  }

  @Test
  public void aPictureIsMadeWithTheCameraApp() throws IOException {
    Phone.permissions.add(CAMERA);
    page(true, 0, "image/*");
    Intent intent = Phone.opened.get(0);
    assertEquals("android.media.action.IMAGE_CAPTURE", intent.getAction());
    assertEquals(3, intent.flags);
    Uri target = (Uri) intent.extras.get("output");
    assertEquals(target, intent.getClipData().getItemAt(0).getUri());
    write(target);
    returns(Activity.RESULT_OK, null);
    assertArrayEquals(new Uri[] {target}, answers.get(0));
  }

  /** As the camera app does it, by the provider. */
  private void write(Uri target) throws IOException {
    SharedFiles provider = new SharedFiles();
    provider.attach(activity);
    File file = provider.openFile(target, "w").file;
    try (FileOutputStream out = new FileOutputStream(file)) {
      out.write(1);
    }
  }

  @Test
  public void anEmptyPhotoIsNone() {
    Phone.permissions.add(CAMERA);
    page(true, 0, "image/*");
    returns(Activity.RESULT_OK, null);
    assertNull(answers.get(0));
  }

  @Test
  public void takingAPictureNeedsThePermissionThatTheAppDeclares() {
    page(true, 0, "image/*");
    assertTrue("not yet", Phone.opened.isEmpty());
    Phone.permissions.add(CAMERA);
    activity.onRequestPermissionsResult(CameraAccess.REQUEST, new String[] {CAMERA}, new int[] {0});
    assertEquals("android.media.action.IMAGE_CAPTURE", Phone.opened.get(0).getAction());
  }

  @Test
  public void withoutTheCameraAPictureIsChosen() {
    page(true, 0, "image/*");
    activity.onRequestPermissionsResult(CameraAccess.REQUEST, new String[] {CAMERA}, new int[] {-1});
    assertEquals(Intent.ACTION_GET_CONTENT, Phone.opened.get(0).getAction());
    Phone.permissions.add(CAMERA);
    Phone.absentActions.add("android.media.action.IMAGE_CAPTURE");
    page(true, 0, "image/*");
    assertEquals(Intent.ACTION_GET_CONTENT, Phone.opened.get(1).getAction());
  }

  @Test
  public void aResultForAnAppThatAndroidHadEndedIsIgnored() {
    activity.onActivityResult(FileChooser.TAKE, Activity.RESULT_OK, null);
    assertNotNull(web());
  }
}
